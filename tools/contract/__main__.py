"""`python -m tools.contract`: writes `src/doorward/wire/contract.py` and `docs/coverage.md`."""

from pathlib import Path

from tools.contract import coverage, model, render

ROOT = Path(__file__).resolve().parents[2]
CONTRACT = ROOT / "src/doorward/wire/contract.py"
COVERAGE = ROOT / "docs/coverage.md"


def main() -> None:
    """Write both files and say what was written."""
    service = model.load()
    built = coverage.built_operations()
    for path, text in ((CONTRACT, render.contract(service)), (COVERAGE, coverage.page(service, built))):
        path.write_text(text, encoding="utf-8")
        print(f"wrote {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
