//! Representational similarity analysis and topological RSA.
