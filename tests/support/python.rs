//! The Python that scripts/test prepared; without it there are no peers to test against.

pub fn python() -> String {
    std::env::var("GONGSHI_TEST_PYTHON").expect("run scripts/test: it prepares the peers")
}
