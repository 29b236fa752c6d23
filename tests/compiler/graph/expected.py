# SPDX-License-Identifier: MIT
"""What a schema's pictures must show, worked out anew from `t87sc dump --format json`: a tag is reached when the
invalidated path is its own or, but for `exact`, stands before a slash of it."""
import json
import os
import subprocess

SCHEMAS = os.path.join(os.environ["T87S_SOURCE_ROOT"], "schemas")
STRONGER = ["soft", "exact", "prefix"]


def t87sc(*arguments):
    return subprocess.run([os.environ["T87SC"], *arguments], text=True, capture_output=True, check=True).stdout


class Schema:
    def __init__(self, path):
        dump = json.loads(t87sc("dump", "--format", "json", path))
        self.tags = [tag["path"] for tag in dump["tags"]]
        self.queries = {query["name"]: query for query in dump["queries"]}
        self.mutations = {mutation["name"]: mutation for mutation in dump["mutations"]}
        self.tag_objects = {tag["path"]: tag for tag in dump["tags"]}

    def lines(self, arrow):
        """Of a drawing: (from -> to, word...), by the ids that dot and mermaid give the boxes."""
        ids = {path: f"t{i + 1}" for i, path in enumerate(self.tags)}
        for path in self.tags:
            above = path.rpartition("/")[0]
            yield (f"{ids[above] if above else 't0'}{arrow}{ids[path]}",)
        for i, query in enumerate(self.queries.values()):
            for tag in query["tags"]:
                yield (f"{ids[tag['path']]}{arrow}q{i}",)
        for i, mutation in enumerate(self.mutations.values()):
            for spec in mutation["invalidates"]:
                words = [word for word in ("exact", "soft") if spec[word]]
                yield (f"m{i}{arrow}{ids[spec['path']]}", *words)

    @staticmethod
    def _is_reached(invalidated, exact, carried):
        return carried == invalidated or (not exact and carried.startswith(invalidated + "/"))

    def _way(self, invalidates, query):
        """How one tag of a mutation reaches a query, or None."""
        hit = any(self._is_reached(invalidates["path"], invalidates["exact"], tag["path"]) for tag in query["tags"])
        return ("soft" if invalidates["soft"] else "exact" if invalidates["exact"] else "prefix") if hit else None

    def _strongest(self, ways):
        return max((way for way in ways if way), key=STRONGER.index, default=None)

    def by_mutation(self, name):
        """Query to way, of those that are reached."""
        ways = {query: self._strongest(self._way(each, self.queries[query])
                                       for each in self.mutations[name]["invalidates"]) for query in self.queries}
        return {query: way for query, way in ways.items() if way}

    def by_tag(self, path):
        """Query to "exact", if it carries this very tag, or "prefix"."""
        carried = {name: [tag["path"] for tag in query["tags"]] for name, query in self.queries.items()}
        return {name: "exact" if path in tags else "prefix" for name, tags in carried.items()
                if any(self._is_reached(path, False, tag) for tag in tags)}

    def of_query(self, name):
        """Mutation to way, of those that reach it."""
        ways = {mutation: self.by_mutation(mutation).get(name) for mutation in self.mutations}
        return {mutation: way for mutation, way in ways.items() if way}

    def of_tag(self, path):
        """Mutation to way, of those that invalidate it."""
        ways = {}
        for mutation, each in self.mutations.items():
            ways[mutation] = self._strongest(
                ("soft" if spec["soft"] else "exact" if spec["exact"] else "prefix")
                for spec in each["invalidates"] if self._is_reached(spec["path"], spec["exact"], path))
        return {mutation: way for mutation, way in ways.items() if way}
