// SPDX-License-Identifier: MIT
//
// What is selected and open, and what changes it: pointer, keys, search, the address, the width. The selection stands
// in the address behind the #, so that a link to it can be sent and the way back works.

const MOST_EXPANDED = 4000; // tags that can be opened all at once

const picture = document.getElementById("picture");
let place = null, drawing = null, selected = null, focused = null;

function redraw() {
  place = layout(Math.max(280, picture.clientWidth));
  const next = draw(place);
  const hadFocus = drawing && drawing.contains(document.activeElement);
  picture.replaceChildren(next);
  drawing = next;
  light(place, drawing, selected);
  setFocus(focused, hadFocus);
}

// ---- selection ----

const addressOf = (thing) => (thing ? `#${thing.kind}=${encodeURIComponent(thing.path)}` : "#");

function thingOfAddress() {
  const [kind, path] = location.hash.slice(1).split("=");
  let name = "";
  try {
    name = decodeURIComponent(path || "");
  } catch {
    return null; // no address of ours
  }
  for (const thing of things.values()) if (thing.kind === kind && thing.path === name) return thing;
  return null;
}

// Opens what a thing is in, and pins what leads there, so that it has a box.
function reveal(thing) {
  const before = view.open.size + view.pinned.size;
  view.pinned.add(thing);
  const tags = thing.kind === "tag" ? [thing.index] : thing.kind === "query" ? thing.tags.map((spec) => spec.tag) : [];
  for (const i of tags) {
    let tag = schema.tags[i];
    view.pinned.add(tag);
    if (thing.kind === "query" && tag.children.length) view.open.add(tag);
    for (tag = schema.tags[tag.parent]; tag.index; tag = schema.tags[tag.parent]) {
      view.pinned.add(tag);
      view.open.add(tag);
    }
  }
  return view.open.size + view.pinned.size > before;
}

function boxesOf(thing) {
  return place.boxes.filter((box) => box.thing === thing);
}

function show(thing) {
  selected = thing;
  if (thing && !boxesOf(thing).length && reveal(thing)) redraw();
  else light(place, drawing, selected);
  showDetails(selected);
  document.querySelector("aside").scrollTop = 0;
}

function select(thing) {
  try {
    if (thing !== selected) history.pushState(null, "", addressOf(thing));
  } catch {
    // a page within a page may have no address of its own
  }
  show(thing);
}

function bringIntoView(thing) {
  if (thing) boxesOf(thing)[0].element.scrollIntoView({ block: "center", inline: "nearest" });
}

function goTo(thing) {
  select(thing);
  setFocus(boxesOf(thing)[0].key, true);
  bringIntoView(thing);
}

// ---- the box that the keyboard is at; each list has one that Tab stops at ----

function setFocus(key, really) {
  const box = place.byKey.get(key);
  focused = box ? key : null;
  for (const group of drawing.querySelectorAll("[role=listbox], [role=tree]")) {
    const old = group.querySelector('[tabindex="0"]');
    if (old) old.setAttribute("tabindex", "-1");
    const stop = box && box.list === group ? box.element : old || group.firstElementChild;
    if (stop) stop.setAttribute("tabindex", "0");
  }
  if (box && really) box.element.focus();
}

function toggle(tag) {
  if (!view.open.delete(tag)) view.open.add(tag);
  focused = tag.id;
  redraw();
}

function showMore(box) {
  view.limits.set(box.listName, (view.limits.get(box.listName) || box.limit) + 200);
  redraw();
}

function activate(box) {
  if (box.kind === "more") showMore(box);
  else select(box.thing === selected ? null : box.thing);
}

function step(box, by) {
  const boxes = place.boxes.filter((each) => each.list === box.list);
  return boxes[boxes.indexOf(box) + by];
}

function parentOf(box) {
  const boxes = place.boxes.filter((each) => each.list === box.list);
  return boxes.slice(0, boxes.indexOf(box)).reverse().find((each) => each.level < box.level);
}

function move(box, key) {
  const isTag = box.kind === "tag", isOption = box.level === undefined;
  const boxes = place.boxes.filter((each) => each.list === box.list);
  switch (key) {
    case "ArrowDown": return step(box, 1);
    case "ArrowUp": return step(box, -1);
    case "Home": return boxes[0];
    case "End": return boxes[boxes.length - 1];
    case "ArrowRight": {
      if (isOption) return box.thing && boxOfTag(place, schema.tags[box.thing.invalidates[0].tag]);
      if (isTag && box.thing.children.length && !box.open) {
        toggle(box.thing);
        return null;
      }
      const next = step(box, 1);
      return next && next.level > box.level ? next : null;
    }
    case "ArrowLeft":
      if (isTag && box.open) {
        toggle(box.thing);
        return null;
      }
      return isOption ? null : parentOf(box);
    default: return undefined;
  }
}

function onKey(event) {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "/" && event.target.tagName !== "INPUT") {
    document.getElementById("search").focus();
    event.preventDefault();
  } else if (event.key === "Escape") {
    select(null);
  } else {
    const element = event.target.closest && event.target.closest(".box");
    const box = element && place.byKey.get(element.id);
    if (!box) return;
    if (event.key === "Enter" || event.key === " ") activate(box);
    else {
      const next = move(box, event.key);
      if (next === undefined && !event.key.startsWith("Arrow")) return;
      if (next) setFocus(next.key, true);
    }
    event.preventDefault();
  }
}

function onClick(event) {
  const to = event.target.closest("[data-to]");
  if (to) return goTo(things.get(to.dataset.to));
  if (event.target.closest(".whole")) {
    select(null);
    return setFocus(focused, true);
  }
  const element = event.target.closest(".box");
  const box = element && place.byKey.get(element.id);
  if (!box) return undefined;
  setFocus(box.key, false);
  if (event.target.closest(".toggle")) toggle(box.thing);
  else activate(box);
  return undefined;
}

// ---- light and dark ----

function startScheme() {
  const switcher = document.getElementById("scheme"), root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.scheme ? root.dataset.scheme === "dark" : dark.matches);
  const tell = () => {
    switcher.textContent = isDark() ? "Light" : "Dark";
    switcher.setAttribute("aria-label", `Switch to ${isDark() ? "light" : "dark"} colours`);
  };
  switcher.addEventListener("click", () => {
    root.dataset.scheme = isDark() ? "light" : "dark";
    tell();
  });
  dark.addEventListener("change", tell);
  tell();
}

// ---- begin ----

function start() {
  const { about } = schema;
  document.getElementById("schema").textContent = about.schema;
  document.getElementById("counts").textContent = [about.file, count(schema.tags.length - 1, "tag"),
    count(schema.queries.length, "query", "queries"), count(schema.mutations.length, "mutation")].join(" \u00b7 ");
  openSome();
  selected = thingOfAddress();
  if (selected) reveal(selected);
  redraw();
  bringIntoView(selected);
  showDetails(selected);
  startScheme();
  startSearch(goTo);
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", onClick);
  window.addEventListener("popstate", () => {
    show(thingOfAddress());
    bringIntoView(selected);
  });
  let width = picture.clientWidth;
  new ResizeObserver(() => {
    if (picture.clientWidth === width) return;
    width = picture.clientWidth;
    redraw();
  }).observe(picture);
  const fold = document.getElementById("fold"), details = document.getElementById("details");
  fold.addEventListener("click", () => {
    details.hidden = !details.hidden;
    fold.setAttribute("aria-expanded", String(!details.hidden));
    fold.textContent = details.hidden ? "More" : "Less";
  });
  document.getElementById("expand").hidden = schema.tags.length > MOST_EXPANDED;
  document.getElementById("expand").addEventListener("click", () => {
    for (const tag of schema.tags) if (tag.children.length) view.open.add(tag);
    redraw();
  });
  document.getElementById("collapse").addEventListener("click", () => {
    view.open.clear();
    redraw();
    const box = boxesOf(selected)[0];
    if (box) box.element.scrollIntoView({ block: "center", inline: "nearest" });
    else picture.scrollTo(0, 0); // or the tree, which is short now, would be out of sight
  });
}

start();
