"""Questions about a person that only their private documents answer: chats, talks with an assistant, purchases.

`released` reads a copy of PersonaBench, `generator` writes documents of a `Persona`, `retrieval` scores which chunks
are found, `answers` what is answered from them, `measure` does both with a model.
[PersonaBench: Evaluating AI Models on Understanding Personal Information through Accessing (Synthetic) Private User
Data, 2025]
"""

from personae.measure.private_documents.documents import Chunk, DocumentQuestion, Person
from personae.measure.private_documents.run import run_personabench

__all__ = ["Chunk", "DocumentQuestion", "Person", "run_personabench"]
