"""The two import contracts of the house that import-linter does not bring along; pyproject.toml uses them."""

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output
from importlinter.contracts.layers import LayersContract


class RoomsContract(LayersContract):
    """Layers of what runs. Tests of a room go through the doors its users go through, so they are left out."""

    type_name = "rooms"

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        for module in [name for name in graph.modules if "tests" in name.split(".")]:
            graph.remove_module(module)
        return super().check(graph, verbose)


class KindsContract(Contract):
    """Folders where "being in the folder" is all it takes: no kind knows another one.

    Sources, reports, ladders and audiences are copied from their nearest neighbour and must not lean on it. A new kind
    is covered by being there; only what they share is named in pyproject.toml.

    ``folder``: package whose children are kinds; ``shared``: the children that all of them may use.
    """

    type_name = "kinds"
    folder = fields.StringField()
    shared = fields.SetField(subfield=fields.StringField(), required=False, default=frozenset())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        shared = {f"{self.folder}.{name}" for name in self.shared}
        children = graph.find_children(self.folder)
        kinds = sorted(children - shared)
        pairs = [(one, other) for one in kinds for other in kinds if one != other]
        pairs += [(base, kind) for base in sorted(shared & children) for kind in kinds]
        broken = [
            (one, other)
            for one, other in pairs
            if graph.direct_import_exists(importer=one, imported=other, as_packages=True)
        ]
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for one, other in check.metadata["broken"]:
            output.print_error(
                f"{one} imports {other}: kinds of one folder don't know each other", bold=False
            )
