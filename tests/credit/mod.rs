//! Credit in public: what somebody did and what was found comes to a grade, with its arithmetic, and can be objected to.

mod following;
mod grades;
mod objections;
mod scenes;
#[path = "../promises/stage.rs"]
mod stage;
mod succession;
mod tables;

use super::support;
