"""Forty pairs of facts with the answer a good model would give: 20 changes, 10 different aspects, 10 no conflict."""

from __future__ import annotations

CHANGES = [
    ("I live in Porto.", "Since March I live in Faro.", "I lived in Porto until I moved to Faro in March."),
    ("I work as a cook.", "Last year I became a nurse.", "I worked as a cook until I became a nurse last year."),
    ("I am single.", "I got married in June.", "I was single until I got married in June."),
    ("I smoke a pack a day.", "I stopped smoking last winter.", "I smoked a pack a day until I stopped last winter."),
    ("I have one dog.", "My dog died two weeks ago.", "I had one dog, which died two weeks ago."),
    ("I eat meat every day.", "I went vegan in January.", "I ate meat every day until I went vegan in January."),
    ("I drive an old van.", "I sold my van yesterday.", "I drove an old van until I sold it yesterday."),
    ("I study law.", "I dropped out of law school last term.", "I studied law until I dropped out last term."),
    ("I am thirty.", "I turned thirty-one on Sunday.", "I was thirty until I turned thirty-one on Sunday."),
    ("I have long hair.", "I shaved my head this morning.", "I had long hair until I shaved my head this morning."),
    ("I cannot swim.", "I learnt to swim last summer.", "I could not swim until I learnt it last summer."),
    ("I play the violin.", "I gave the violin up in spring.", "I played the violin until I gave it up in spring."),
    ("I have no children.", "My daughter was born in May.", "I had no children until my daughter was born in May."),
    ("I hate running.", "Since the marathon I love running.", "I hated running until the marathon made me love it."),
    ("I rent a room.", "I bought a flat last month.", "I rented a room until I bought a flat last month."),
    ("I speak no French.", "After a year in Lyon I speak French.", "I spoke no French until my year in Lyon."),
    ("I work at night.", "From this week on I work by day.", "I worked at night until this week, and now by day."),
    ("I believe in ghosts.", "Since the séance I believe in nothing.", "I believed in ghosts until the séance."),
    ("My best friend is Ines.", "Ines and I fell out in autumn.", "Ines was my best friend until autumn."),
    ("I own a bakery.", "I closed the bakery in August.", "I owned a bakery until I closed it in August."),
]
ASPECTS = [
    ("I am shy.", "I am the loudest in the room.", "I am shy with strangers.", "I am loud among friends."),
    ("I love rain.", "I hate rain.", "I love rain on the roof.", "I hate rain on my way to work."),
    ("I drink no coffee.", "I drink coffee.", "I drink coffee in the morning.", "I drink no coffee after noon."),
    ("I am strict.", "I let things pass.", "I am strict at work.", "I let things pass at home."),
    ("I sleep badly.", "I sleep like a stone.", "I sleep badly in cities.", "I sleep like a stone at sea."),
    ("I never cook.", "I cook a lot.", "I never cook on weekdays.", "I cook a lot on Sundays."),
    ("I am poor.", "I am rich.", "I am poor in money.", "I am rich in friends."),
    ("I fear dogs.", "I adore dogs.", "I fear big dogs.", "I adore my sister's small dogs."),
    ("I read nothing.", "I read daily.", "I read no novels.", "I read the newspaper daily."),
    ("I am patient.", "I am impatient.", "I am patient with children.", "I am impatient with machines."),
]
PEACE = [
    ("I have a brother.", "I live alone."),
    ("I like tea.", "I like coffee."),
    ("I am a teacher.", "I was a pupil once."),
    ("I own a bicycle.", "I take the bus."),
    ("I play chess.", "I lost my last game."),
    ("I was born in Rome.", "I call Turin home."),
    ("I paint at night.", "I work in an office."),
    ("I have a twin.", "I am the elder."),
    ("I love my town.", "I travel often."),
    ("I am tall.", "I wear small shoes."),
]
