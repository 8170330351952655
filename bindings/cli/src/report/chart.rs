//! Plots as SVG that stands inside a page: no script, no style of its own, every figure told to a screen reader.

use std::fmt::Write;

use super::html::{escape, shortened};

const WIDTH: f64 = 640.0;

/// One horizontal bar.
pub(super) struct Bar {
    pub(super) label: String,
    /// The stretches it is made of: a class of the style, and how long.
    pub(super) parts: Vec<(&'static str, f64)>,
    /// What is written behind it.
    pub(super) text: String,
}

/// The frame of a plot: a title and a description that a screen reader tells instead of it.
fn frame(id: &str, title: &str, description: &str, width: f64, height: f64, inside: &str) -> String {
    format!(
        "<div class=\"scroll\" tabindex=\"0\"><svg viewBox=\"0 0 {width:.0} {height:.0}\" role=\"img\" \
         aria-labelledby=\"{id}-title {id}-description\"><title id=\"{id}-title\">{}</title>\
         <desc id=\"{id}-description\">{}</desc>{inside}</svg></div>",
        escape(title),
        escape(description)
    )
}

/// Horizontal bars, one below another.
pub(super) fn bars(id: &str, title: &str, description: &str, rows: &[Bar]) -> String {
    const ROW: f64 = 30.0;
    const LABEL: f64 = 156.0;
    const TEXT: f64 = 160.0;
    let room = WIDTH - LABEL - TEXT;
    let length = |bar: &Bar| bar.parts.iter().map(|(_, length)| length).sum::<f64>();
    let longest = rows.iter().map(length).fold(f64::MIN_POSITIVE, f64::max);
    let mut inside = String::new();
    for (at, bar) in rows.iter().enumerate() {
        let top = at as f64 * ROW;
        let middle = top + ROW / 2.0 + 4.5;
        let _ = write!(
            inside,
            "<text x=\"{:.1}\" y=\"{middle:.1}\" text-anchor=\"end\">{}<title>{}</title></text>",
            LABEL - 10.0,
            escape(&shortened(&bar.label, 20)),
            escape(&bar.label)
        );
        let mut from = LABEL;
        for (class, length) in bar.parts.iter().filter(|(_, length)| *length > 0.0) {
            let wide = (length / longest * room).max(1.0);
            let _ = write!(
                inside,
                "<rect class=\"{class}\" x=\"{from:.1}\" y=\"{:.1}\" width=\"{wide:.1}\" height=\"{:.1}\" rx=\"1.5\"/>",
                top + 5.0,
                ROW - 10.0
            );
            from += wide;
        }
        let _ = write!(inside, "<text x=\"{:.1}\" y=\"{middle:.1}\">{}</text>", from + 8.0, escape(&bar.text));
    }
    let height = rows.len() as f64 * ROW;
    let _ = write!(inside, "<line class=\"grid\" x1=\"{LABEL}\" x2=\"{LABEL}\" y1=\"0\" y2=\"{height:.1}\"/>");
    frame(id, title, description, WIDTH, height, &inside)
}

/// Upright columns of accepted and refused, side by side by value.
pub(super) fn columns(
    id: &str,
    title: &str,
    description: &str,
    axis: &str,
    columns: &[(String, u64, u64)],
) -> String {
    const LEFT: f64 = 62.0;
    const TOP: f64 = 26.0;
    const HIGH: f64 = 210.0;
    let most = columns.iter().map(|(_, accepted, refused)| accepted + refused).max().unwrap_or(0).max(1);
    let step = round_step(most);
    let top_value = most.div_ceil(step) * step;
    let y = |value: u64| TOP + HIGH - value as f64 / top_value as f64 * HIGH;
    let mut inside = String::from("<text class=\"axis\" x=\"0\" y=\"12\">passwords</text>");
    for line in 0..=top_value / step {
        let value = line * step;
        let _ = write!(
            inside,
            "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{WIDTH}\" y1=\"{0:.1}\" y2=\"{0:.1}\"/>\
             <text class=\"tick\" x=\"{1:.1}\" y=\"{2:.1}\" text-anchor=\"end\">{3}</text>",
            y(value),
            LEFT - 8.0,
            y(value) + 4.0,
            short(value)
        );
    }
    let wide = (WIDTH - LEFT - 8.0) / columns.len().max(1) as f64;
    let every = (34.0 / wide).ceil().max(1.0) as usize;
    for (at, (label, accepted, refused)) in columns.iter().enumerate() {
        let left = LEFT + 4.0 + at as f64 * wide;
        for (class, from, to) in [("accept", 0, *accepted), ("refuse", *accepted, accepted + refused)] {
            if to > from {
                let _ = write!(
                    inside,
                    "<rect class=\"{class}\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\"/>",
                    left + wide * 0.1,
                    y(to),
                    wide * 0.8,
                    (y(from) - y(to)).max(0.7)
                );
            }
        }
        if at.is_multiple_of(every) {
            let _ = write!(
                inside,
                "<text class=\"tick\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
                left + wide / 2.0,
                TOP + HIGH + 18.0,
                escape(label)
            );
        }
    }
    let _ = write!(
        inside,
        "<text class=\"axis\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
        LEFT + (WIDTH - LEFT) / 2.0,
        TOP + HIGH + 38.0,
        escape(axis)
    );
    frame(id, title, description, WIDTH, TOP + HIGH + 46.0, &inside)
}

/// Squares of shares: of what the row's rule refuses, the part that the column's rule refuses as well.
pub(super) fn heat(
    id: &str,
    title: &str,
    description: &str,
    names: &[&str],
    share: impl Fn(usize, usize) -> Option<f64>,
) -> String {
    const LABEL: f64 = 156.0;
    const HEAD: f64 = 112.0;
    const TAIL: f64 = 70.0;
    let cell = ((WIDTH - LABEL - TAIL) / names.len().max(1) as f64).min(58.0);
    let high = cell.min(38.0);
    let mut inside = String::new();
    for (row, name) in names.iter().enumerate() {
        let top = HEAD + row as f64 * high;
        let _ = write!(
            inside,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}<title>{2}</title></text>",
            LABEL - 10.0,
            top + high / 2.0 + 4.5,
            escape(&shortened(name, 20))
        );
        let (x, y) = (LABEL + row as f64 * cell + cell / 2.0, HEAD - 8.0);
        let _ = write!(
            inside,
            "<text x=\"{x:.1}\" y=\"{y:.1}\" transform=\"rotate(-40 {x:.1} {y:.1})\">{}</text>",
            escape(&shortened(name, 18))
        );
        for column in 0..names.len() {
            let left = LABEL + column as f64 * cell;
            let place = format!(
                "x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"2\"",
                left + 1.0,
                top + 1.0,
                cell - 2.0,
                high - 2.0
            );
            let Some(share) = share(row, column) else {
                let _ = write!(inside, "<rect class=\"none\" {place}/>");
                continue;
            };
            let class = if share > 0.5 { "on" } else { "" };
            let _ = write!(
                inside,
                "<rect class=\"heat\" fill-opacity=\"{:.3}\" {place}/>\
                 <text class=\"{class}\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
                0.05 + 0.95 * share,
                left + cell / 2.0,
                top + high / 2.0 + 4.5,
                rounded(share)
            );
        }
    }
    frame(id, title, description, WIDTH, HEAD + names.len() as f64 * high + 4.0, &inside)
}

/// A share in whole per cents, where there is room for no more.
fn rounded(share: f64) -> String {
    match share * 100.0 {
        0.0 => "0".to_owned(),
        percent if percent < 1.0 => "<1".to_owned(),
        percent if (99.5..100.0).contains(&percent) => "99".to_owned(),
        percent => format!("{percent:.0}"),
    }
}

/// The step of about four lines up to `most`: one, two or five times a power of ten.
fn round_step(most: u64) -> u64 {
    let mut step = 1_u64;
    let factors = [2, 5, 10];
    let mut power = 1_u64;
    while most / step >= 5 {
        for factor in factors {
            step = power.saturating_mul(factor);
            if most / step < 5 {
                return step;
            }
        }
        power = power.saturating_mul(10);
    }
    step
}

/// A number for an axis: `250`, `20 k`, `1.5 M`.
fn short(value: u64) -> String {
    let of = |unit: u64, name: &str| {
        let text = format!("{:.1}", value as f64 / unit as f64);
        format!("{} {name}", text.trim_end_matches(".0"))
    };
    match value {
        0..1_000 => value.to_string(),
        1_000..1_000_000 => of(1_000, "k"),
        1_000_000..1_000_000_000 => of(1_000_000, "M"),
        _ => of(1_000_000_000, "G"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_have_round_steps() {
        assert_eq!([1, 4, 9, 40, 123_456, 7_000_000].map(round_step), [1, 1, 2, 10, 50_000, 2_000_000]);
        assert_eq!([5, 1_500, 20_000, 2_500_000].map(short), ["5", "1.5 k", "20 k", "2.5 M"]);
        round_step(u64::MAX);
    }
}
