//! What is to go wrong, and where.

use std::time::Duration;

use cellier_model::{Period, Timestamp};

use super::effect::Effect;

/// What is to go wrong, and how often each rule was met so far.
#[derive(Debug, Default)]
pub(super) struct Plan {
    rules: Vec<Rule>,
    clock: Offset,
}

#[derive(Debug)]
struct Rule {
    pattern: String,
    /// At which of the points that the pattern matches; at all of them if it is not said.
    only: Option<u64>,
    effect: Effect,
    met: u64,
}

/// By how much the clock is wrong.
#[derive(Clone, Copy, Debug, Default)]
pub(super) enum Offset {
    #[default]
    None,
    Ahead(Duration),
    Behind(Duration),
}

impl Plan {
    /// Reads rules that are separated by line breaks or semicolons.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut plan = Self::default();
        for line in text.split(['\n', ';']).map(str::trim) {
            if line.is_empty() {
                continue;
            }
            let (point, effect) = line
                .rsplit_once('=')
                .ok_or_else(|| format!("{line:?} is not PATTERN=EFFECT"))?;
            if point == "clock" {
                plan.clock = Offset::parse(effect)?;
            } else {
                plan.rules.push(Rule::parse(point, effect)?);
            }
        }
        Ok(plan)
    }

    /// What happens at a point that is passed now.
    pub(super) fn effect_at(&mut self, point: &str) -> Option<Effect> {
        let mut happens = None;
        for rule in &mut self.rules {
            if matches(&rule.pattern, point) {
                rule.met += 1;
                if rule.only.is_none_or(|only| only == rule.met) {
                    happens = happens.or(Some(rule.effect));
                }
            }
        }
        happens
    }

    /// The time that a clock shows which is as wrong as this plan says.
    pub(super) fn shifted(&self, now: Timestamp) -> Timestamp {
        match self.clock {
            Offset::None => now,
            Offset::Ahead(by) => now.plus(by),
            Offset::Behind(by) => now.minus(by),
        }
    }
}

impl Rule {
    fn parse(point: &str, effect: &str) -> Result<Self, String> {
        let (pattern, only) = match point.rsplit_once('#') {
            Some((pattern, number)) => {
                let number = number.parse().map_err(|_not_a_number| {
                    format!("{point:?} ends in # and what is no number")
                })?;
                (pattern, Some(number))
            }
            None => (point, None),
        };
        Ok(Self {
            pattern: pattern.to_owned(),
            only,
            effect: effect.parse()?,
            met: 0,
        })
    }
}

impl Offset {
    fn parse(text: &str) -> Result<Self, String> {
        let (offset, period): (fn(Duration) -> Self, _) = match text.strip_prefix('-') {
            Some(period) => (Self::Behind, period),
            None => (Self::Ahead, text.strip_prefix('+').unwrap_or(text)),
        };
        let period: Period = period
            .parse()
            .map_err(|error| format!("clock={text}: {error}"))?;
        Ok(offset(period.0))
    }
}

/// Whether a text is as a pattern says, in which `*` stands for any text.
fn matches(pattern: &str, text: &str) -> bool {
    let Some((before, after)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(rest) = text.strip_prefix(before) else {
        return false;
    };
    (0..=rest.len())
        .filter(|at| rest.is_char_boundary(*at))
        .any(|at| matches(after, &rest[at..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_met_where_its_pattern_matches_and_as_often_as_it_says() {
        let text = "db:commit:after#2=error; blob:*=delay(20ms)\n*:before#3=kill";
        let mut plan = Plan::parse(text).unwrap();
        let met: Vec<_> = [
            "db:commit:before",
            "db:commit:after",
            "blob:store:before",
            "db:commit:before",
            "db:commit:after",
            "db:commit:after",
        ]
        .into_iter()
        .map(|point| plan.effect_at(point))
        .collect();
        let delay = Some(Effect::Delay(Duration::from_millis(20)));
        let kill = Some(Effect::Kill);
        assert_eq!(met, [None, None, delay, kill, Some(Effect::Error), None]);
    }

    #[test]
    fn the_clock_can_be_set_back_and_ahead() {
        let now = Timestamp::parse("2026-01-10T00:00:00Z").unwrap();
        for (text, expected) in [
            ("", "2026-01-10T00:00:00Z"),
            ("clock=-2d", "2026-01-08T00:00:00Z"),
            ("clock=+90s", "2026-01-10T00:01:30Z"),
        ] {
            let plan = Plan::parse(text).unwrap();
            assert_eq!(plan.shifted(now).to_string(), expected);
        }
    }

    #[test]
    fn what_is_no_rule_is_told() {
        for bad in [
            "db:commit",
            "db:commit=explode",
            "a#b=kill",
            "clock=soon",
            "a=delay(x)",
        ] {
            assert!(Plan::parse(bad).is_err(), "{bad}");
        }
    }
}
