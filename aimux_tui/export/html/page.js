"use strict";
// Everything works without this: it adds keys, opens what is linked to, and prints turns open.
(() => {
  const all = (selector) => Array.from(document.querySelectorAll(selector));
  const shown = (selector) => all(selector).filter((one) => one.offsetParent !== null);

  // What is linked to may lie in something folded.
  const reveal = (target) => {
    for (let at = target; at; at = at.parentElement) {
      if (at.tagName === "DETAILS") at.open = true;
    }
    target.scrollIntoView();
  };
  const followHash = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target) reveal(target);
  };
  addEventListener("hashchange", followHash);
  followHash();

  // Where the reader is: the last turn that begins above the middle of the upper third.
  const current = (turns) => {
    const limit = innerHeight / 3;
    let at = -1;
    turns.forEach((turn, index) => {
      if (turn.getBoundingClientRect().top < limit) at = index;
    });
    return at;
  };
  const go = (step, selector) => {
    const turns = shown(selector);
    const focused = document.activeElement.closest(selector);
    let at = turns.indexOf(focused);
    if (at < 0) {
      at = current(turns);
      if (step < 0 && at >= 0) at += 1;
    }
    const turn = turns[Math.min(Math.max(at + step, 0), turns.length - 1)];
    if (!turn) return;
    turn.querySelector("summary").focus({ preventScroll: true });
    turn.scrollIntoView({ block: "start" });
  };
  const setAll = (open) => all(".top").forEach((turn) => { turn.open = open; });
  const keys = {
    j: ["next turn", () => go(1, ".top")],
    k: ["previous", () => go(-1, ".top")],
    x: ["next failure", () => go(1, ".top.failed")],
    o: ["open all", () => setAll(true)],
    c: ["close all", () => setAll(false)],
  };
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const found = Object.hasOwn(keys, event.key) && keys[event.key];
    if (found) {
      event.preventDefault();
      found[1]();
    }
  });
  const panel = document.querySelector("#outline .panel");
  const line = document.createElement("p");
  line.className = "keys";
  for (const [key, [words]] of Object.entries(keys)) {
    const sign = document.createElement("kbd");
    sign.textContent = key;
    line.append(sign, ` ${words}  `);
  }
  panel.append(line);

  // On paper nothing can be unfolded.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = all(".turn:not([open]), .agent:not([open])");
    opened.forEach((one) => { one.open = true; });
  });
  addEventListener("afterprint", () => opened.forEach((one) => { one.open = false; }));
  // On a narrow screen the outline has done its work once something is chosen in it.
  panel.addEventListener("click", (event) => {
    if (event.target.closest("a")) document.getElementById("unfold-outline").checked = false;
  });
})();
