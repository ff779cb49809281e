//! 评价公平性指标: what the ratings of many evaluations look like together, for supervisors to look into.
//!
//! An indicator is a reason to look, never a finding: its words are neutral, it names every rating and act that it rests on, the
//! rule and its thresholds, and what may be behind it that is nobody's fault; the reply of whoever was rated stands beside each
//! score. Nothing follows from one: no record holds it, no decision, grade, bar or gate knows this room, and a test says so.
//! It is a pure function of settled ratings and of disputes before them, so an auditor finds the same ones.

mod after;
#[cfg(feature = "shell")]
mod api;
mod indicator;
mod material;
mod pairs;
#[cfg(feature = "shell")]
mod projection;
mod rater;
#[cfg(test)]
mod tests;
#[cfg(feature = "shell")]
mod view;

#[cfg(feature = "shell")]
pub use api::FairnessApi;
pub use indicator::{Figure, FigureKind, FigureUnit, Indicator, IndicatorKind, Threshold, indicators};
pub use material::{Dispute, Material, MaterialLimit};
