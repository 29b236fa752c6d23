// SPDX-License-Identifier: MIT
//
// The schema, as t87sc has put it into the page, with what a reader wants to know of it. Nothing here knows what a
// prefix is: spans of tags and of carriers say what reaches what, and are only walked.

const schema = JSON.parse(document.getElementById("data").textContent);

// How a mutation reaches a query; of several ways the last counts.
const WAYS = ["soft", "exact", "prefix"];

const inSpan = (span, i) => span[0] <= i && i < span[1];

schema.tags.forEach((tag, i) => {
  tag.kind = "tag";
  tag.id = "t" + i;
  tag.index = i;
  tag.children = [];
  tag.depth = i ? schema.tags[tag.parent].depth + 1 : 0;
  tag.label = tag.type ? "<" + tag.name + ": " + tag.type + ">" : tag.name;
  tag.path = i ? (tag.depth > 1 ? schema.tags[tag.parent].path + "/" : "") + (tag.type ? `<${tag.name}>` : tag.name) : "";
  tag.queries = [];
  tag.mutations = [];
  if (i) schema.tags[tag.parent].children.push(tag);
});
schema.queries.forEach((query, i) => {
  query.kind = "query";
  query.id = "q" + i;
  query.index = i;
  query.label = query.path = query.name;
  query.positions = [];
});
schema.mutations.forEach((mutation, i) => {
  mutation.kind = "mutation";
  mutation.id = "m" + i;
  mutation.index = i;
  mutation.label = mutation.path = mutation.name;
  for (const spec of mutation.invalidates) {
    const named = schema.tags[spec.tag].mutations;
    if (named[named.length - 1] !== mutation) named.push(mutation);
  }
});
schema.carriers.forEach(([q, nth], position) => {
  const query = schema.queries[q];
  const carried = schema.tags[query.tags[nth].tag].queries;
  query.positions.push(position);
  if (carried[carried.length - 1] !== query) carried.push(query);
});

// Everything that can be selected, by its id.
const things = new Map();
for (const thing of [...schema.tags.slice(1), ...schema.queries, ...schema.mutations]) things.set(thing.id, thing);

const figure = (n) => n.toLocaleString("en");
const count = (n, one, many = one + "s") => `${figure(n)} ${n === 1 ? one : many}`;

function duration(ms) {
  for (const [unit, word] of [[86400000, "d"], [3600000, "h"], [60000, "m"], [1000, "s"]])
    if (ms >= unit && ms % unit === 0) return ms / unit + word;
  return ms + "ms";
}

// The path of a tag with what its owner puts into the wilds: users/<author_id>/posts.
function filledPath(spec, params) {
  let wild = schema.tags[spec.tag].wilds, path = [];
  for (let tag = schema.tags[spec.tag]; tag.index; tag = schema.tags[tag.parent])
    path.unshift(tag.type ? `<${params[spec.fills[--wild]].name}>` : tag.name);
  return path.join("/");
}

function wildNames(tag) {
  const names = [];
  for (; tag.index; tag = schema.tags[tag.parent]) if (tag.type) names.unshift(tag.name);
  return names;
}

// Which answers of a query are meant, when values are given for the wilds of a tag on its path.
function whichAnswers(query, nth, givenNames) {
  const own = givenNames.map((given, i) => query.params[query.tags[nth].fills[i]].name);
  const same = own.filter((name, i) => name === givenNames[i]).join(", ");
  const other = own.map((name, i) => `${name} = ${givenNames[i]}`).filter((_, i) => own[i] !== givenNames[i]).join(", ");
  if (!own.length) return "all its answers";
  return "those with " + [same && "that " + same, other].filter(Boolean).join("; ");
}

// Of the carriers in some spans each query once: a map from the query to { way, which: Set of whichAnswers }.
function reached(parts) {
  const found = new Map();
  for (const { reach, way, names } of parts)
    for (let position = reach[0]; position < reach[1]; position++) {
      const [q, nth] = schema.carriers[position];
      const query = schema.queries[q];
      const before = found.get(query);
      if (before && WAYS.indexOf(before.way) > WAYS.indexOf(way)) continue;
      const hit = before && before.way === way ? before : { way, which: new Set() };
      hit.which.add(whichAnswers(query, nth, names));
      found.set(query, hit);
    }
  return found;
}

const reachedByMutation = (mutation) =>
  reached(mutation.invalidates.map((spec) => ({
    reach: spec.reach,
    way: spec.way,
    names: spec.fills.map((param) => mutation.params[param].name),
  })));

// What invalidating a tag reaches; way "exact" is what also its exact invalidation does.
function reachedByTag(tag) {
  const names = wildNames(tag);
  const all = reached([{ reach: tag.reach, way: "prefix", names }]);
  for (const [query, hit] of reached([{ reach: tag.own, way: "exact", names }])) all.set(query, hit);
  return all;
}

// The mutations that reach a query: a map from the mutation to its way.
function reachersOf(query) {
  const found = new Map();
  for (const mutation of schema.mutations)
    for (const spec of mutation.invalidates)
      if (query.positions.some((position) => inSpan(spec.reach, position)))
        if (WAYS.indexOf(spec.way) > WAYS.indexOf(found.get(mutation))) found.set(mutation, spec.way);
  return found;
}

// The mutations that invalidate a tag, whether or not a query carries it.
function invalidatorsOf(tag) {
  const found = new Map();
  for (const mutation of schema.mutations)
    for (const spec of mutation.invalidates)
      if (inSpan(spec.below, tag.index))
        if (WAYS.indexOf(spec.way) > WAYS.indexOf(found.get(mutation))) found.set(mutation, spec.way);
  return found;
}

// So many steps it takes to find what all mutations reach; where they are many, it is not found out unasked.
const MANY_STEPS = 4000000;
const STEPS_OF_ALL = schema.mutations.reduce(
  (sum, { invalidates }) => sum + invalidates.reduce((n, { reach }) => n + reach[1] - reach[0], 1), 0);

function tally(hits) {
  const ways = { prefix: 0, exact: 0, soft: 0 };
  for (const { way } of hits.values()) ways[way]++;
  return { ...ways, all: hits.size };
}
