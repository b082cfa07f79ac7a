"""No eval, exec, pickle, yaml.load, shell, switched-off certificate check, or guessable random in the product.

Reason: each of these has turned data into code or a secret into a guess in a product like this one. Code from outside never
runs in the server's process; secrets come from `secrets` and are compared in constant time.
"""

import ast
import re
from collections.abc import Iterator

from checks.repository import Finding, Module, Repository, dotted, imported

CALLS = frozenset(
    {"eval", "exec", "compile", "__import__", "os.system", "os.popen", "yaml.load", "yaml.unsafe_load", "ssl.CERT_NONE"}
    | {"ssl._create_unverified_context", "tempfile.mktemp", "asyncio.create_subprocess_shell"}
)
MODULES = frozenset({"pickle", "cPickle", "dill", "marshal", "shelve", "jsonpickle", "cloudpickle"})
KEYWORDS = {"shell": True, "verify": False, "check_hostname": False, "verify_ssl": False, "allow_pickle": True}
DICE = ("src/prosa/gateway/", "src/prosa/drivers/outbound/")  # weights among targets, jitter of waits, the mock's text
SECRET = re.compile(r"(^|_)(secret|token|password|digest|signature|api_key|presented|hmac)$")


def find(repository: Repository) -> Iterator[Finding]:
    """The dangerous calls, imports, arguments and comparisons of the product."""
    for module in repository.product:
        yield from _imports(module)
        for node in module.nodes:
            if isinstance(node, ast.Call):
                yield from _call(module, node)
            elif isinstance(node, ast.Attribute) and dotted(node) == "ssl.CERT_NONE":
                yield Finding(module.path, node.lineno, "a certificate check may not be switched off")
            elif isinstance(node, ast.Assign | ast.Compare):
                yield from _statement(module, node)


def _imports(module: Module) -> Iterator[Finding]:
    for name, line in imported(module):
        if name.partition(".")[0] in MODULES:
            yield Finding(module.path, line, f"{name} runs code from data: use msgspec or json")
        if name.partition(".")[0] == "random" and not module.within(*DICE):
            yield Finding(module.path, line, "random is guessable: use secrets (chance without secrets belongs to the gateway)")


def _call(module: Module, node: ast.Call) -> Iterator[Finding]:
    name = dotted(node.func)
    if name in CALLS:
        yield Finding(module.path, node.lineno, f"{name} is not used here")
    for keyword in node.keywords:
        given = keyword.value.value if isinstance(keyword.value, ast.Constant) else None
        if keyword.arg in KEYWORDS and given is KEYWORDS[keyword.arg]:
            yield Finding(module.path, node.lineno, f"{keyword.arg}={given} opens a hole")


def _statement(module: Module, node: ast.Assign | ast.Compare) -> Iterator[Finding]:
    if isinstance(node, ast.Assign):
        off = isinstance(node.value, ast.Constant) and node.value.value is False
        if off and any(dotted(target).endswith(".check_hostname") for target in node.targets):
            yield Finding(module.path, node.lineno, "a certificate check may not be switched off")
        return
    sides = [node.left, *node.comparators]
    equal = any(isinstance(operator, ast.Eq | ast.NotEq) for operator in node.ops)
    plain = any(isinstance(side, ast.Constant) for side in sides)
    if equal and not plain and any(SECRET.search(dotted(side).rpartition(".")[2]) for side in sides):
        yield Finding(module.path, node.lineno, "secrets are compared with hmac.compare_digest")
