"""Every benchmark, one after the other: `make bench`."""

from benchmarks import breach_corpus, breach_sweep, primitives, risk_engine, server

for benchmark in (primitives, risk_engine, breach_corpus, server, breach_sweep):
    print(f"\n{benchmark.__doc__.strip().splitlines()[0] if benchmark.__doc__ else benchmark.__name__}\n")
    benchmark.main()
