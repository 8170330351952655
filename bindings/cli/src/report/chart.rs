//! The geometry of the charts. The template `chart.html` renders it as SVG, with a title and a description for screen
//! readers.

use std::fmt;

use super::shortened;

/// Width of every chart, in SVG units.
const WIDTH: f64 = 640.0;
/// Width of the rule names on the left.
const LABEL: f64 = 156.0;
/// Maximum length of a rule name on the left, in characters.
const MAX_LABEL: usize = 20;

/// A chart: its size and the shapes in it.
pub(super) struct Chart {
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    pub(super) description: String,
    pub(super) height: Unit,
    pub(super) shapes: Vec<Shape>,
}

/// `class` is a class of the style sheet.
pub(super) enum Shape {
    Rect { class: &'static str, x: Unit, y: Unit, width: Unit, height: Unit, radius: Unit, opacity: f64 },
    Line { x1: Unit, x2: Unit, y1: Unit, y2: Unit },
    Text(Text),
}

/// A line of text. `full` is shown when the pointer is on a text that may be cut.
#[derive(Default)]
pub(super) struct Text {
    pub(super) class: &'static str,
    pub(super) x: Unit,
    pub(super) y: Unit,
    pub(super) anchor: Anchor,
    pub(super) is_slanted: bool,
    pub(super) text: String,
    pub(super) full: Option<String>,
}

/// The part of a text that is at its `x`.
#[derive(Clone, Copy, Default)]
pub(super) enum Anchor {
    #[default]
    Start,
    Middle,
    End,
}

impl fmt::Display for Anchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        })
    }
}

/// A number of SVG units, printed with one decimal place.
#[derive(Clone, Copy, Default)]
pub(super) struct Unit(f64);

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1}", self.0)
    }
}

fn rect(class: &'static str, [x, y, width, height]: [f64; 4], radius: f64, opacity: f64) -> Shape {
    let [x, y, width, height, radius] = [x, y, width, height, radius].map(Unit);
    // Three decimal places are enough for a shade.
    let opacity = (opacity * 1000.0).round() / 1000.0;
    Shape::Rect { class, x, y, width, height, radius, opacity }
}

fn line(x1: f64, y1: f64, x2: f64, y2: f64) -> Shape {
    Shape::Line { x1: Unit(x1), x2: Unit(x2), y1: Unit(y1), y2: Unit(y2) }
}

fn text(class: &'static str, x: f64, y: f64, anchor: Anchor, text: impl Into<String>) -> Shape {
    Shape::Text(Text { class, x: Unit(x), y: Unit(y), anchor, text: text.into(), ..Text::default() })
}

/// The name of a rule to the left of a row whose middle is at `y`.
fn row_label(name: &str, y: f64) -> Shape {
    Shape::Text(Text {
        x: Unit(LABEL - 10.0),
        y: Unit(y),
        anchor: Anchor::End,
        text: shortened(name, MAX_LABEL),
        full: Some(shortened(name, usize::MAX)),
        ..Text::default()
    })
}

/// One horizontal bar.
pub(super) struct Bar {
    pub(super) label: String,
    /// Class and length of each part.
    pub(super) parts: Vec<(&'static str, f64)>,
    /// Text to the right of the bar.
    pub(super) value: String,
}

/// Horizontal bars.
pub(super) fn bars(
    id: &'static str,
    title: &'static str,
    description: String,
    rows: impl Iterator<Item = Bar>,
) -> Chart {
    const ROW: f64 = 30.0;
    const VALUE: f64 = 160.0;
    let rows: Vec<Bar> = rows.collect();
    let length = |bar: &Bar| bar.parts.iter().map(|(_, length)| length).sum::<f64>();
    let longest = rows.iter().map(length).fold(f64::MIN_POSITIVE, f64::max);
    let mut shapes = Vec::new();
    for (index, bar) in rows.iter().enumerate() {
        let top = index as f64 * ROW;
        let baseline = top + ROW / 2.0 + 4.5;
        shapes.push(row_label(&bar.label, baseline));
        let mut x = LABEL;
        for (class, length) in bar.parts.iter().filter(|(_, length)| *length > 0.0) {
            let width = (length / longest * (WIDTH - LABEL - VALUE)).max(1.0);
            shapes.push(rect(class, [x, top + 5.0, width, ROW - 10.0], 1.5, 1.0));
            x += width;
        }
        shapes.push(text("", x + 8.0, baseline, Anchor::Start, bar.value.as_str()));
    }
    let height = rows.len() as f64 * ROW;
    shapes.push(line(LABEL, 0.0, LABEL, height));
    Chart { id, title, description, height: Unit(height), shapes }
}

/// One column: the passwords with one value.
pub(super) struct Column {
    pub(super) label: String,
    pub(super) accepted: u64,
    pub(super) refused: u64,
}

/// Columns of accepted passwords with the refused ones on top.
pub(super) fn columns(
    id: &'static str,
    title: &'static str,
    description: String,
    axis: &'static str,
    columns: &[Column],
) -> Chart {
    const LEFT: f64 = 62.0;
    const TOP: f64 = 26.0;
    const PLOT_HEIGHT: f64 = 210.0;
    const BOTTOM: f64 = TOP + PLOT_HEIGHT;
    /// Minimum distance between two labels.
    const LABEL_DISTANCE: f64 = 34.0;
    let highest = columns.iter().map(|column| column.accepted + column.refused).max().unwrap_or(0).max(1);
    let step = round_step(highest);
    let top_value = highest.div_ceil(step) * step;
    let y = |value: u64| BOTTOM - value as f64 / top_value as f64 * PLOT_HEIGHT;
    let mut shapes = vec![text("axis", 0.0, 12.0, Anchor::Start, "passwords")];
    for value in (0..=top_value / step).map(|index| index * step) {
        shapes.push(line(LEFT, y(value), WIDTH, y(value)));
        shapes.push(text("tick", LEFT - 8.0, y(value) + 4.0, Anchor::End, abbreviated(value)));
    }
    let width = (WIDTH - LEFT - 8.0) / columns.len().max(1) as f64;
    let labels_every = (LABEL_DISTANCE / width).ceil().max(1.0) as usize;
    for (index, Column { label, accepted, refused }) in columns.iter().enumerate() {
        let left = LEFT + 4.0 + index as f64 * width;
        for (class, from, to) in [("accept", 0, *accepted), ("refuse", *accepted, accepted + refused)] {
            if to > from {
                let height = (y(from) - y(to)).max(0.7);
                shapes.push(rect(class, [left + width * 0.1, y(to), width * 0.8, height], 0.0, 1.0));
            }
        }
        if index.is_multiple_of(labels_every) {
            shapes.push(text("tick", left + width / 2.0, BOTTOM + 18.0, Anchor::Middle, label.as_str()));
        }
    }
    shapes.push(text("axis", LEFT + (WIDTH - LEFT) / 2.0, BOTTOM + 38.0, Anchor::Middle, axis));
    Chart { id, title, description, height: Unit(BOTTOM + 46.0), shapes }
}

/// A square for each pair of names, darker for a larger share. `share` is called with the row and the column; `None`
/// leaves the square empty.
pub(super) fn heat_map(
    id: &'static str,
    title: &'static str,
    description: String,
    names: &[&str],
    share: impl Fn(usize, usize) -> Option<f64>,
) -> Chart {
    const HEAD: f64 = 112.0;
    const TAIL: f64 = 70.0;
    const MAX_HEADING: usize = 18;
    let width = ((WIDTH - LABEL - TAIL) / names.len().max(1) as f64).min(58.0);
    let height = width.min(38.0);
    let mut shapes = Vec::new();
    for (row, name) in names.iter().enumerate() {
        let top = HEAD + row as f64 * height;
        let baseline = top + height / 2.0 + 4.5;
        shapes.push(row_label(name, baseline));
        shapes.push(Shape::Text(Text {
            x: Unit(LABEL + row as f64 * width + width / 2.0),
            y: Unit(HEAD - 8.0),
            is_slanted: true,
            text: shortened(name, MAX_HEADING),
            ..Text::default()
        }));
        for column in 0..names.len() {
            let left = LABEL + column as f64 * width;
            let square = [left + 1.0, top + 1.0, width - 2.0, height - 2.0];
            let Some(share) = share(row, column) else {
                shapes.push(rect("none", square, 2.0, 1.0));
                continue;
            };
            shapes.push(rect("heat", square, 2.0, 0.05 + 0.95 * share));
            let class = if share > 0.5 { "on" } else { "" };
            shapes.push(text(class, left + width / 2.0, baseline, Anchor::Middle, whole_percent(share)));
        }
    }
    Chart { id, title, description, height: Unit(HEAD + names.len() as f64 * height + 4.0), shapes }
}

/// A share as a whole percentage. Never rounds to 0 or 100.
fn whole_percent(share: f64) -> String {
    match share * 100.0 {
        0.0 => "0".to_owned(),
        percent if percent < 1.0 => "<1".to_owned(),
        percent if (99.5..100.0).contains(&percent) => "99".to_owned(),
        percent => format!("{percent:.0}"),
    }
}

/// The distance of grid lines, for at most five lines up to `highest`: 1, 2 or 5 times a power of ten.
fn round_step(highest: u64) -> u64 {
    let mut step = 1_u64;
    let mut power = 1_u64;
    while highest / step >= 5 {
        for factor in [2, 5, 10] {
            step = power.saturating_mul(factor);
            if highest / step < 5 {
                return step;
            }
        }
        power = power.saturating_mul(10);
    }
    step
}

/// A number with a unit prefix: `250`, `20 k`, `1.5 M`.
fn abbreviated(value: u64) -> String {
    let in_units = |unit: u64, name: &str| {
        let text = format!("{:.1}", value as f64 / unit as f64);
        format!("{} {name}", text.trim_end_matches(".0"))
    };
    match value {
        0..1_000 => value.to_string(),
        1_000..1_000_000 => in_units(1_000, "k"),
        1_000_000..1_000_000_000 => in_units(1_000_000, "M"),
        _ => in_units(1_000_000_000, "G"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_step_is_1_2_or_5_times_a_power_of_ten() {
        assert_eq!([1, 4, 9, 40, 123_456, 7_000_000].map(round_step), [1, 1, 2, 10, 50_000, 2_000_000]);
        assert!(u64::MAX / round_step(u64::MAX) < 5);
    }

    #[test]
    fn abbreviated_omits_zero_decimals() {
        assert_eq!([5, 1_500, 20_000, 2_500_000].map(abbreviated), ["5", "1.5 k", "20 k", "2.5 M"]);
    }
}
