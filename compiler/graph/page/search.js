// SPDX-License-Identifier: MIT
//
// The search box: a combobox with a list below it. What begins with the words stands before what has them somewhere.

const MOST_FOUND = 40;

function find(words) {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  if (!wanted.length) return [];
  const ranked = [];
  for (const thing of things.values()) {
    const path = thing.path.toLowerCase(), name = thing.name.toLowerCase();
    if (!wanted.every((word) => path.includes(word))) continue;
    const rank = name === wanted[0] ? 0 : name.startsWith(wanted[0]) ? 1 : name.includes(wanted[0]) ? 2 : 3;
    ranked.push([rank, thing]);
  }
  return ranked.sort((a, b) => a[0] - b[0]).map(([, thing]) => thing);
}

function startSearch(choose) {
  const input = document.getElementById("search"), results = document.getElementById("results");
  let found = [], at = -1;

  function mark(i) {
    at = i;
    [...results.children].forEach((item, j) => item.setAttribute("aria-selected", String(j === at)));
    const current = results.children[at];
    if (current) current.scrollIntoView({ block: "nearest" });
    if (current) input.setAttribute("aria-activedescendant", current.id);
    else input.removeAttribute("aria-activedescendant");
  }

  function close() {
    results.hidden = true;
    input.setAttribute("aria-expanded", "false");
    mark(-1);
  }

  const remark = (words) => html("li", { class: "rest", role: "presentation" }, words);

  function look() {
    const all = find(input.value);
    found = all.slice(0, MOST_FOUND);
    results.replaceChildren(...found.map((thing, i) => html("li", { id: "found-" + i, role: "option", class: thing.kind,
      "aria-selected": "false", "data-found": i }, html("span", {}, thing.path), html("small", {}, thing.kind))));
    if (all.length > found.length)
      results.append(remark(`and ${figure(all.length - found.length)} more`));
    if (!all.length && input.value.trim()) results.append(remark("nothing of that name"));
    results.hidden = !results.childElementCount;
    input.setAttribute("aria-expanded", String(!results.hidden));
    mark(found.length ? 0 : -1);
  }

  function take(thing) {
    input.value = "";
    close();
    choose(thing);
  }

  input.addEventListener("input", look);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" && found.length) mark((at + 1) % found.length);
    else if (event.key === "ArrowUp" && found.length) mark((at + found.length - 1) % found.length);
    else if (event.key === "Enter" && found[at]) take(found[at]);
    else if (event.key === "Escape") {
      input.value = "";
      close();
      input.blur();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  results.addEventListener("mousedown", (event) => {
    event.preventDefault(); // or the blur would close the list first
    const item = event.target.closest("[data-found]");
    if (item) take(found[Number(item.dataset.found)]);
  });
}
