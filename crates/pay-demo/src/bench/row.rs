//! One line of the table: what was measured on both sides, their ratio, and the mark that it is held against.

use serde_json::{Value, json};

/// One side of a comparison: a figure per round.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Side {
    pub(crate) name: String,
    pub(crate) rounds: Vec<f64>,
}

/// What a ratio must be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Mark {
    /// Costs: ours by the other's.
    AtMost(f64),
    /// Gains: how many times better ours is.
    AtLeast(f64),
    /// Told, and held against nothing.
    Told,
}

/// How two figures become a ratio.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Ratio {
    /// Ours by the other's.
    OursByOther,
    /// The other's by ours.
    OtherByOurs,
}

/// Which column the other side stands in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Column {
    Floor,
    Peer,
}

/// A line of the table.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    pub(crate) part: &'static str,
    pub(crate) what: String,
    pub(crate) unit: &'static str,
    pub(crate) ours: Side,
    pub(crate) other: Side,
    pub(crate) column: Column,
    pub(crate) ratio: Ratio,
    pub(crate) mark: Mark,
}

/// What a part brings: lines, and what could not be measured with the reason.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Measured {
    pub(crate) rows: Vec<Row>,
    pub(crate) not_run: Vec<String>,
    /// What was measured, said beside the table.
    pub(crate) said: Vec<String>,
}

impl Side {
    pub(crate) fn new(name: impl Into<String>, rounds: Vec<f64>) -> Self {
        Self { name: name.into(), rounds }
    }

    pub(crate) fn median(&self) -> f64 {
        median(&self.rounds)
    }

    pub(crate) fn least(&self) -> f64 {
        self.rounds.iter().copied().fold(f64::INFINITY, f64::min)
    }

    fn json(&self) -> Value {
        json!({ "name": self.name, "median": self.median(), "least": self.least(), "rounds": self.rounds })
    }
}

impl Row {
    /// The median of the rounds' ratios: both sides of a round had the same neighbours on the machine.
    pub(crate) fn ratio(&self) -> f64 {
        let pairs = self.ours.rounds.iter().zip(&self.other.rounds);
        let ratios: Vec<f64> = pairs
            .map(|(ours, other)| match self.ratio {
                Ratio::OursByOther => ours / other,
                Ratio::OtherByOurs => other / ours,
            })
            .collect();
        median(&ratios)
    }

    /// Whether the mark is kept; nothing where there is none.
    pub(crate) fn kept(&self) -> Option<bool> {
        match self.mark {
            Mark::AtMost(most) => Some(self.ratio() <= most),
            Mark::AtLeast(least) => Some(self.ratio() >= least),
            Mark::Told => None,
        }
    }

    pub(crate) fn verdict(&self) -> &'static str {
        match self.kept() {
            Some(true) => "ok",
            Some(false) => "MISSED",
            None => "",
        }
    }

    pub(crate) fn json(&self) -> Value {
        let column = match self.column {
            Column::Floor => "floor",
            Column::Peer => "peer",
        };
        let mark = match self.mark {
            Mark::AtMost(most) => json!({ "at_most": most }),
            Mark::AtLeast(least) => json!({ "at_least": least }),
            Mark::Told => Value::Null,
        };
        json!({
            "part": self.part, "what": self.what, "unit": self.unit, "ours": self.ours.json(),
            column: self.other.json(), "ratio": self.ratio(), "mark": mark, "kept": self.kept(),
        })
    }
}

/// The middle of the figures; of an even number, the mean of the two in the middle.
pub(crate) fn median(figures: &[f64]) -> f64 {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    match (sorted.len(), sorted.len() / 2) {
        (0, _) => f64::NAN,
        (length, middle) if length % 2 == 1 => sorted[middle],
        (_, middle) => f64::midpoint(sorted[middle - 1], sorted[middle]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(ours: &[f64], other: &[f64], ratio: Ratio, mark: Mark) -> Row {
        Row {
            part: "p",
            what: "w".into(),
            unit: "ns",
            ours: Side::new("ours", ours.to_vec()),
            other: Side::new("floor", other.to_vec()),
            column: Column::Floor,
            ratio,
            mark,
        }
    }

    #[test]
    fn the_median_is_the_middle() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), 2.5);
        assert!(median(&[]).is_nan());
    }

    #[test]
    fn the_ratio_is_that_of_the_middle_round_and_not_of_the_medians() {
        // A neighbour slowed both sides of the last round: their ratio is the same as before.
        let row = row(&[11.0, 12.0, 99.0], &[10.0, 10.0, 90.0], Ratio::OursByOther, Mark::AtMost(1.1));
        assert!((row.ratio() - 1.1).abs() < 1e-9);
    }

    #[test]
    fn marks_are_kept_or_missed_on_the_right_side() {
        let cheap = |mark| row(&[10.4], &[10.0], Ratio::OursByOther, mark).verdict();
        assert_eq!([cheap(Mark::AtMost(1.05)), cheap(Mark::AtMost(1.03)), cheap(Mark::Told)], ["ok", "MISSED", ""]);
        let better = |mark| row(&[10.0], &[49.0], Ratio::OtherByOurs, mark).verdict();
        assert_eq!([better(Mark::AtLeast(4.9)), better(Mark::AtLeast(5.0))], ["ok", "MISSED"]);
        // What could not be divided is no success.
        assert_eq!(row(&[], &[], Ratio::OursByOther, Mark::AtMost(9.0)).verdict(), "MISSED");
    }

    #[test]
    fn json_holds_every_round() {
        let json = row(&[1.0, 3.0], &[2.0, 2.0], Ratio::OursByOther, Mark::AtMost(1.3)).json();
        assert_eq!(json["ours"]["rounds"], json!([1.0, 3.0]));
        assert_eq!(json["ours"]["least"], json!(1.0));
        assert_eq!(json["floor"]["median"], json!(2.0));
        assert_eq!(json["ratio"], json!(1.0));
        assert_eq!(json["mark"]["at_most"], json!(1.3));
        assert_eq!(json["kept"], json!(true));
    }
}
