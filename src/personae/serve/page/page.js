// Escape stops a reply in the making, or closes what slid in. A talk stays at its end while it grows.
const slidIn = () => [...document.querySelectorAll(".drawer.open")].filter((one) => getComputedStyle(one).position === "fixed");
const shut = () => document.querySelectorAll(".drawer.open").forEach((drawer) => drawer.classList.remove("open"));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || document.querySelector(".q-dialog")) return;
  const stop = document.querySelector(".stop:not(.hidden)");
  if (stop) return stop.click();
  shut();
});
document.addEventListener(
  "click",
  (event) => {
    if (!event.isTrusted || !slidIn().length || event.target.closest(".drawer, .q-dialog, .q-notification")) return;
    event.preventDefault(); // a click beside what slid in closes it, and does nothing to what lies below
    event.stopPropagation();
    shut();
  },
  true,
);
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) {
    const drawer = document.querySelector(opener.dataset.opens);
    const open = drawer.classList.toggle("open");
    document.querySelectorAll(".drawer").forEach((other) => other !== drawer && other.classList.remove("open"));
    if (open) drawer.querySelector("button, a, summary")?.focus();
  } else if (event.target.closest(".drawer button.closes, .drawer.left button")) {
    shut();
  }
});
function stayAtEnd(talk) {
  let follow = true;
  talk.addEventListener("scroll", () => (follow = talk.scrollHeight - talk.scrollTop - talk.clientHeight < 60));
  const down = () => follow && (talk.scrollTop = talk.scrollHeight);
  new MutationObserver(down).observe(talk, { childList: true, subtree: true, characterData: true });
  down();
}
new MutationObserver(() => {
  document.querySelectorAll(".talk:not([data-follows])").forEach((talk) => {
    talk.dataset.follows = "1";
    stayAtEnd(talk);
  });
}).observe(document.documentElement, { childList: true, subtree: true });
