"""How ``C(f, …)`` names a coding: R's functions and matrices, their short names, and those of patsy and formulaic."""

from __future__ import annotations

from .constants import ConstantReader
from .expressions import Value
from .function_signatures import SIGNATURES
from .tokens import Token

CODINGS = ("contr.treatment", "contr.sum", "contr.helmert", "contr.poly", "contr.sdif", "contr.SAS")
_SHORT = {
    "treatment": "contr.treatment",
    "sum": "contr.sum",
    "helmert": "contr.helmert",
    "poly": "contr.poly",
    "SAS": "contr.SAS",
    "Treatment": "contr.treatment",
    "Sum": "contr.sum",
    "Helmert": "contr.helmert",
    "Poly": "contr.poly",
    "Diff": "contr.sdif",
    "contr.diff": "contr.sdif",
}
_KNOWN = "Known are contr.treatment, contr.sum, contr.helmert, contr.poly, contr.sdif and contr.SAS."
_BASE = next(option for option in SIGNATURES["C"].options if option.name == "base")


class ContrastReader(ConstantReader):
    """Reads the name of a coding, with the baseline where it is written as a call's option."""

    def coding(self, function: Token) -> dict[str, Value]:
        """The options ``contr`` and ``base`` that the coding which comes next stands for.

        ``contr.sum``, ``sum``, ``"contr.sum"``, ``MASS::contr.sdif`` and ``Sum`` are names; ``contr.treatment(base = 2)``,
        ``contr.treatment(3, 2)``, ``Treatment("b")`` and ``Treatment(reference = "b")`` say the baseline too.
        """
        token = self.take()
        if token.text == "MASS" and self.accept(":") and self.accept(":"):
            token = self.take()
        name = token.content if token.kind == "text" else token.text
        coding = _SHORT.get(name, name)
        if token.kind not in ("name", "text") or coding not in CODINGS:
            self.fail(f"“{name}” is no coding of a factor that is known here.", _KNOWN, token)
        if not self.accept("("):
            return {"contr": coding}
        places = ["reference"] if name in ("Treatment", "contr.diff") else ["n", "base"]
        given: dict[str, Value] = {}
        while not self.accept(")"):
            if given:
                self.expect(",")
            following = self.tokens[self.at + 1 : self.at + 2]
            own = next((p for p in places if p not in given), "")
            if following and following[0].text == "=":
                own = self.take().text
                self.at += 1
            given[own] = self.constant()
            if isinstance(given[own], str) and own == "n":  # formulaic: contr.treatment("b")
                given["base"] = given.pop(own)
        base = given.get("base", given.get("reference"))
        if set(given) - {"n", "base", "reference"} or (base is not None and coding != "contr.treatment"):
            self.fail(f"{name}() is read without options, and contr.treatment with base only.", "", token)
        if base is None:
            return {"contr": coding}
        if not _BASE.accepts(base):
            self.fail(f"The baseline is {_BASE.allowed_values}.", "", token)
        return {"contr": coding, "base": int(base) if isinstance(base, float) else base}
