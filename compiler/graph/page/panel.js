// SPDX-License-Identifier: MIT
//
// The panel: a headline, which is also spoken, and below it what is known of the thing that is selected; of the whole
// schema when nothing is. Text only ever becomes text.

const MOST_LISTED = 100; // before "more"

function html(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children.flat());
  return element;
}

const heading = (text) => html("h3", {}, text);
const code = (text, name = "code") => html(name, {}, text);
const paragraph = (name, ...children) => html("p", { class: name }, ...children);

const WAY_WORDS = {
  prefix: ["gone", "Gone: never served again."],
  exact: ["exact", "Gone, since they carry this very tag. Those below it stay."],
  soft: ["soft", "Stale: may be served, marked stale, until their grace ends."],
};

function badge(way) {
  return html("span", { class: "badge " + way }, WAY_WORDS[way][0]);
}

// A path, which may be broken behind its slashes.
const breakable = (path) => path.split(/(?<=\/)/).flatMap((part) => [part, html("wbr", {})]);

// What selects a thing; a tag may be called by another path than its own.
const button = (thing, path = thing.path) =>
  html("button", { type: "button", class: "to " + thing.kind, "data-to": thing.id }, breakable(path));

function entry(thing, notes = [], way = "") {
  return html("li", { class: way }, button(thing), way ? badge(way) : "", notes.map((note) => paragraph("note", note)));
}

// A list of things, of which so many are shown at first; makeEntry makes the rest only when they are asked for.
function list(all, makeEntry, most = MOST_LISTED) {
  const items = html("ul", {}, all.slice(0, most).map(makeEntry));
  let shown = Math.min(most, all.length);
  const more = html("button", { type: "button", class: "back rest" });
  const tell = () => { more.textContent = `${figure(all.length - shown)} more`; };
  more.addEventListener("click", () => {
    items.append(...all.slice(shown, shown + MOST_LISTED).map(makeEntry));
    shown = Math.min(shown + MOST_LISTED, all.length);
    tell();
    if (shown === all.length) more.remove();
  });
  tell();
  return shown < all.length ? [items, more] : [items];
}

function signature(thing) {
  const params = thing.params.map((param) => `${param.key ? "key " : ""}${param.name}: ${param.type}`).join(", ");
  return html("pre", {}, `${thing.kind === "query" ? "cached" : "mutation"} ${thing.name}(${params})`
    + (thing.value ? `\n  -> ${thing.value}` : ""));
}

function titleOf(thing, kind, ...more) {
  return [html("h2", { class: thing.kind }, breakable(thing.path)),
    paragraph("kind", kind, " \u00b7 ", code(thing.place)),
    thing.doc ? paragraph("doc", thing.doc) : "", ...more];
}

const ofAll = (n) => `${figure(n)} of ${count(schema.queries.length, "query", "queries")}`;

function headlineOf(thing) {
  if (!thing) return "Select a tag or a mutation to see what it makes stale.";
  if (thing.kind === "query") {
    const n = reachersOf(thing).size;
    return n ? `${count(n, "mutation")} of ${figure(schema.mutations.length)} can make ${thing.name} stale.`
      : `No mutation can make ${thing.name} stale.`;
  }
  const hits = tally(thing.kind === "tag" ? reachedByTag(thing) : reachedByMutation(thing));
  const verb = hits.all === 1 ? "goes" : "go";
  const ways = thing.kind === "tag" ? [[hits.exact, "by this very tag"], [hits.prefix, "below it"]]
    : [[hits.prefix, "gone by prefix"], [hits.exact, "gone exactly"], [hits.soft, "soft"]];
  const split = ways.filter(([n]) => n).map(([n, words]) => `${figure(n)} ${words}`).join(", ");
  return `${ofAll(hits.all)} ${verb} stale with ${thing.path}${split ? ": " + split : ""}.`;
}

function bigNumber(n, words) {
  return html("div", { class: "big", "aria-hidden": "true" }, html("strong", {}, figure(n)),
    html("span", {}, words));
}

// Reached queries, those of each way in turn, under a heading each.
function reachedLists(ways, parts, sections) {
  return sections.flatMap(([way, title, note]) => {
    const queries = [...ways.keys()].filter((query) => ways.get(query) === way);
    if (!queries.length) return [];
    return [heading(`${title}: ${figure(queries.length)}`), note ? paragraph("note", note) : "",
      ...list(queries, (query) => entry(query, answersReached(query, parts, way)))];
  });
}

function aboutTag(tag) {
  const ways = reachedByTag(tag), invalidators = [...invalidatorsOf(tag)];
  const kind = (tag.type ? `wild of ${tag.type}` : "static") + ` \u00b7 ${count(tag.wilds, "wild")} on its path`;
  const enumeration = schema.enums.find((each) => each.name === tag.type);
  return [
    ...titleOf(tag, kind),
    enumeration ? aboutEnum(enumeration) : "",
    bigNumber(ways.size, `of ${count(schema.queries.length, "query", "queries")} stale when it is invalidated`),
    ...reachedLists(ways, partsOfTag(tag), [["exact", "Carry this very tag", "All that an exact invalidation reaches."],
      ["prefix", "Carry a tag below it", ""]]),
    heading(invalidators.length ? `Invalidated by: ${figure(invalidators.length)}` : "Invalidated by no mutation"),
    ...list(invalidators, ([mutation, way]) => entry(mutation, [], way)),
  ];
}

function aboutMutation(mutation) {
  const ways = reachedByMutation(mutation);
  return [
    ...titleOf(mutation, "mutation", signature(mutation)),
    bigNumber(ways.size, `of ${count(schema.queries.length, "query", "queries")} stale`),
    heading("Invalidates"),
    ...list(mutation.invalidates, (spec) => html("li", {},
      button(schema.tags[spec.tag], filledPath(spec, mutation.params)), spec.way === "prefix" ? "" : badge(spec.way))),
    ...reachedLists(ways, partsOfMutation(mutation), [["prefix", "By prefix", WAY_WORDS.prefix[1]],
      ["exact", "Exactly", WAY_WORDS.exact[1]], ["soft", "Softly", WAY_WORDS.soft[1]]]),
  ];
}

function lifetime(query) {
  const time = (ms, unset) => (ms === undefined ? unset : ms ? duration(ms) : "none");
  const percent = (n) => (n === undefined ? null : n + "%");
  const rows = [
    ["ttl", time(query.ttl_ms, "the cache's default")],
    ["grace", time(query.grace_ms, "the cache's default")],
    ["negative", time(query.negative_ms, null)],
    ["timeout", time(query.timeout_ms, null)],
    ["fleet", time(query.fleet_ms, null)],
    ["jitter", percent(query.jitter_percent)],
    ["verify", percent(query.verify_percent)],
    ["version", query.version ? String(query.version) : null],
  ];
  return html("dl", {}, rows.filter(([, value]) => value).flatMap(([name, value]) =>
    [html("dt", {}, name), html("dd", {}, value)]));
}

function aboutQuery(query) {
  const reachers = [...reachersOf(query)];
  return [
    ...titleOf(query, "cached query", signature(query)),
    lifetime(query),
    heading("Carries"),
    ...list(query.tags, (spec) => html("li", {}, button(schema.tags[spec.tag], filledPath(spec, query.params)))),
    heading(reachers.length ? `Made stale by: ${figure(reachers.length)}` : "Made stale by no mutation"),
    reachers.length ? "" : paragraph("note", "An answer lives until its ttl ends."),
    ...list(reachers, ([mutation, way]) =>
      entry(mutation, answersReached(query, partsOfMutation(mutation), way), way)),
  ];
}

function aboutEnum(enumeration) {
  return paragraph("note", code(enumeration.name), " is one of " + enumeration.items.join(", ") + ".",
    enumeration.doc ? " " + enumeration.doc : "");
}

function widest() {
  if (!schema.mutations.length || STEPS_OF_ALL > MANY_STEPS) return [];
  const sized = schema.mutations.map((mutation) => [mutation, tally(reachedByMutation(mutation))]);
  sized.sort(([, a], [, b]) => b.all - a.all);
  const most = Math.max(1, sized[0][1].all);
  const rows = sized.slice(0, 8).map(([mutation, hits]) => {
    const bars = html("span", { class: "bars", "aria-hidden": "true" });
    for (const way of ["prefix", "exact", "soft"])
      if (hits[way]) {
        const bar = html("span", { class: "bar " + way });
        bar.style.width = `${(100 * hits[way]) / most}%`;
        bars.append(bar);
      }
    return html("li", {}, button(mutation), html("span", { class: "n" }, figure(hits.all)), bars);
  });
  return [heading("Mutations that reach most"), html("ul", { class: "chart" }, rows)];
}

function unreached() {
  const spans = schema.mutations.flatMap((mutation) => mutation.invalidates.map((spec) => spec.reach));
  const changes = new Int32Array(schema.carriers.length + 1);
  for (const [first, end] of spans) {
    changes[first]++;
    changes[end]--;
  }
  const hit = new Set();
  schema.carriers.reduce((open, [q], position) => {
    if (open + changes[position]) hit.add(q);
    return open + changes[position];
  }, 0);
  const missed = schema.queries.filter((query) => !hit.has(query.index));
  if (!missed.length) return [];
  return [heading(`Queries no mutation reaches: ${figure(missed.length)}`),
    paragraph("note", "Only their ttl ends their answers."), ...list(missed, (query) => entry(query), 6)];
}

function legend() {
  const row = (key, ...words) => [html("dt", {}, html("span", { class: "key " + key })), html("dd", {}, ...words)];
  return html("dl", { class: "legend" },
    ...row("mutation", "a mutation, and how many queries it reaches"),
    ...row("tag", "a tag: a fixed segment"), ...row("tag wild", "a tag: a wild, any value"),
    ...row("query", "a cached query, behind each tag it carries"),
    ...row("query prefix", "goes stale: carries an invalidated tag, or one below it"),
    ...row("query exact", "goes stale: carries that very tag, where only that is meant"),
    ...row("query soft", "goes stale softly: may be served until its grace ends"));
}

function keysHelp() {
  const rows = [["/", "search"], ["\u2191 \u2193", "from box to box"],
    ["\u2190 \u2192", "close and open, to the parent and in"], ["Enter", "select"],
    ["Tab", "from the mutations to the tags to here"], ["Esc", "select nothing"]];
  return html("dl", { class: "keys" }, rows.flatMap(([key, words]) =>
    [html("dt", {}, html("kbd", {}, key)), html("dd", {}, words)]));
}

function aboutSchema() {
  const { about } = schema;
  return [about.doc ? paragraph("doc", about.doc) : "", ...widest(), ...unreached(),
    heading("How to read it"), legend(), html("h3", { class: "help" }, "Keys"), keysHelp()];
}

function showDetails(thing) {
  const about = { tag: aboutTag, mutation: aboutMutation, query: aboutQuery };
  document.getElementById("headline").textContent = headlineOf(thing);
  const back = html("button", { type: "button", class: "back whole" }, "\u2190 the whole schema");
  document.getElementById("details").replaceChildren(
    ...(thing ? [back, ...about[thing.kind](thing)] : aboutSchema()));
}
