/// What tokens need besides HTTP and a clock that never goes back.
pub trait Environment {
    /// Milliseconds since 1970.
    fn unix_ms(&self) -> u64;

    /// A random number that nobody can guess.
    fn random(&self) -> u64;
}
