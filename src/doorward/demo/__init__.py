"""`doorward demo`: a server, a pool with two weeks of everyday life, and what happens when somebody else comes."""
