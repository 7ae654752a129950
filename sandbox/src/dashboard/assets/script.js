// What a script adds to pages that work without it: parts that stay up to date, and buttons to copy with.
"use strict";

const INTERVAL_MS = 1_000;

const toggle = document.querySelector("#live");
let isLive = true;
let isPressed = false;

/** Fetches the page again and replaces the parts that are marked as live. */
async function refresh() {
  const response = await fetch(location.href, { headers: { accept: "text/html" }, redirect: "error" });
  if (!response.ok) return;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  if (isPressed) return;
  for (const part of document.querySelectorAll("[data-live]")) {
    const other = fresh.getElementById(part.id);
    if (other !== null && other.innerHTML !== part.dataset.shown && !isSelected(part)) replace(part, other);
  }
}

/** What somebody is about to copy stays as it is. */
function isSelected(part) {
  const selection = document.getSelection();
  return selection !== null && !selection.isCollapsed && selection.containsNode(part, true);
}

/** Keeps the focus, and what is folded out. */
function replace(part, other) {
  const focused = part.contains(document.activeElement) ? document.activeElement.id : "";
  const open = new Set([...part.querySelectorAll("details")].filter((each) => each.open).map((each) => each.id));
  const seen = part.querySelectorAll("details").length > 0;
  part.dataset.shown = other.innerHTML;
  part.replaceChildren(...other.childNodes);
  if (seen) for (const each of part.querySelectorAll("details")) each.open = open.has(each.id);
  addCopyButtons(part);
  if (focused !== "") document.getElementById(focused)?.focus({ preventScroll: true });
}

function addCopyButtons(within) {
  for (const text of within.querySelectorAll("[data-copy]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copied";
    button.textContent = "Copy";
    button.setAttribute("aria-label", `Copy ${text.dataset.copy}`);
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(text.textContent);
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = "Copy"; }, 2_000);
    });
    text.after(button);
  }
}

/** A reload does not say again what was done. */
function forgetWhatWasDone() {
  const address = new URL(location.href);
  if (address.searchParams.has("done")) {
    address.searchParams.delete("done");
    history.replaceState(null, "", address);
  }
}

/** A click begins and ends on the same element: nothing is replaced in between. */
function watchPointer() {
  document.addEventListener("pointerdown", () => { isPressed = true; });
  for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, () => { isPressed = false; });
}

function isWatched() {
  return isLive && document.visibilityState === "visible";
}

for (const part of document.querySelectorAll("[data-live]")) part.dataset.shown = part.innerHTML;
addCopyButtons(document);
watchPointer();
forgetWhatWasDone();

if (toggle !== null) {
  toggle.parentElement.hidden = false;
  toggle.addEventListener("click", () => {
    isLive = !isLive;
    toggle.textContent = isLive ? "Pause live updates" : "Resume live updates";
  });
  const turn = async () => {
    // The sandbox may have stopped: the next turn finds out.
    if (isWatched()) await refresh().catch(() => {});
    setTimeout(turn, INTERVAL_MS);
  };
  setTimeout(turn, INTERVAL_MS);
}
