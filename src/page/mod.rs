//! 网页: the public page.

pub mod verify;
