//! The rules of a tender's life, told as stories and tried with random acts.

mod fixture;
mod random;
mod stories;
