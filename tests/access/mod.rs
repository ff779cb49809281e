//! Who is barred, over real HTTP: gates, midnight, objections, repair, lists and many codes at once.

mod answers;
mod bars;
mod following;
mod gates;
mod repair;
mod stage;
mod succession;

use super::support;
