//! Whether a quantity that should stay where it is goes up.

/// How much the second half of a series grows: the median of the slopes between all pairs of its points (Theil and Sen),
/// times its length. Single peaks and the steps of an allocator hardly move it; a leak does.
pub fn growth_of_second_half(series: &[f64]) -> f64 {
    let half = &series[series.len() / 2..];
    let mut slopes: Vec<f64> = (0..half.len())
        .flat_map(|from| (from + 1..half.len()).map(move |to| (half[to] - half[from]) / (to - from) as f64))
        .collect();
    if slopes.is_empty() {
        return 0.0;
    }
    slopes.sort_by(f64::total_cmp);
    slopes[slopes.len() / 2] * half.len() as f64
}

pub fn median(series: &[f64]) -> f64 {
    let mut sorted = series.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

/// Fails by panicking, as these two have no test runner: they run before each soak.
pub fn check_the_judge() {
    let noise = |at: usize| (at * 7919 % 13) as f64;
    let flat: Vec<f64> = (0..360).map(|at| 100.0 + noise(at)).collect();
    assert!(growth_of_second_half(&flat).abs() < 2.0, "noise is no trend");
    let saw: Vec<f64> = (0..360).map(|at| (at % 12) as f64).collect();
    assert!(growth_of_second_half(&saw).abs() < 2.0, "a file that is filled and emptied is no trend");
    let warm: Vec<f64> = (0..360).map(|at| 100.0 + noise(at) + f64::from(at.min(150) as u16)).collect();
    assert!(growth_of_second_half(&warm).abs() < 2.0, "caches that fill in the first half are no trend");
    let leak: Vec<f64> = (0..360).map(|at| 100.0 + noise(at) + at as f64 / 9.0).collect();
    assert!((15.0..25.0).contains(&growth_of_second_half(&leak)), "a leak is a trend");
}
