//! Rounds: every contender once, then all again in the other order, so that a noisy minute meets all of them.

use super::row::Side;

/// Who is measured, and one measurement of it.
pub(crate) struct Contender<'a> {
    pub(crate) name: &'a str,
    pub(crate) measure: Box<dyn FnMut() -> Result<f64, String> + 'a>,
}

impl<'a> Contender<'a> {
    pub(crate) fn new(name: &'a str, measure: impl FnMut() -> Result<f64, String> + 'a) -> Self {
        Self { name, measure: Box::new(measure) }
    }
}

/// Measures all of them `rounds` times, after one round that does not count.
pub(crate) fn alternate(mut contenders: Vec<Contender<'_>>, rounds: usize) -> Result<Vec<Side>, String> {
    let mut sides: Vec<Side> = contenders.iter().map(|contender| Side::new(contender.name, Vec::new())).collect();
    for round in 0..=rounds {
        let mut order: Vec<usize> = (0..contenders.len()).collect();
        if round % 2 == 1 {
            order.reverse();
        }
        for at in order {
            let figure = (contenders[at].measure)().map_err(|error| format!("{}: {error}", contenders[at].name))?;
            if round > 0 {
                sides[at].rounds.push(figure);
            }
        }
    }
    Ok(sides)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;

    #[test]
    fn the_order_turns_round_and_the_first_round_does_not_count() {
        let log = RefCell::new(String::new());
        let contender = |name: &'static str| {
            let log = &log;
            Contender::new(name, move || {
                log.borrow_mut().push_str(name);
                Ok(log.borrow().len() as f64)
            })
        };
        let sides = alternate(vec![contender("a"), contender("b")], 2).unwrap();
        assert_eq!(*log.borrow(), "abbaab");
        assert_eq!(sides, [Side::new("a", vec![4.0, 5.0]), Side::new("b", vec![3.0, 6.0])]);
    }

    #[test]
    fn a_contender_that_fails_is_named() {
        let error = alternate(vec![Contender::new("a", || Err("no".into()))], 1).unwrap_err();
        assert_eq!(error, "a: no");
    }
}
