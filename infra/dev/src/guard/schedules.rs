//! Schedules: neither linter nor emulator notices a bad expression or time zone.

use super::Report;
use super::subject::Subject;

/// Expression and time zone can be read, and a daily time exists on every day of the zone.
pub(super) fn valid(subject: &Subject, report: &mut Report) {
    for (name, schedule) in subject.of("AWS::Scheduler::Schedule") {
        let expression = schedule["ScheduleExpression"].as_str().unwrap_or_default();
        if let Err(problem) = check_expression(expression) {
            report.add(name, format!("\"{expression}\": {problem}"));
        }
        let zone = schedule["ScheduleExpressionTimezone"].as_str();
        if let Some(zone) = zone {
            let known = jiff::tz::TimeZone::get(zone).is_ok();
            report.require(known, name, &format!("there is no time zone {zone}"));
        }
        if expression.starts_with("cron") {
            report.require(zone.is_some(), name, "a time of day needs a time zone");
            let hour = expression.split(' ').nth(1).unwrap_or_default();
            report.require(hour != "2", name, "at two o'clock a day in spring has no such time");
        }
    }
}

/// `rate(value unit)` or `cron(minutes hours day-of-month month day-of-week year)`, as the scheduler reads them.
fn check_expression(expression: &str) -> Result<(), &'static str> {
    if let Some(rate) = inside(expression, "rate(") {
        let (value, unit) = rate.split_once(' ').ok_or("value and unit are missing")?;
        let value: u32 = value.parse().map_err(|_| "the value is not a number")?;
        let units =
            if value == 1 { ["minute", "hour", "day"] } else { ["minutes", "hours", "days"] };
        return if value > 0 && units.contains(&unit) {
            Ok(())
        } else {
            Err("unit and value differ")
        };
    }
    let fields = inside(expression, "cron(").ok_or("neither rate(...) nor cron(...)")?;
    let fields: Vec<&str> = fields.split(' ').collect();
    let [minutes, hours, days, months, weekdays, years] = fields.as_slice() else {
        return Err("a cron expression has six fields");
    };
    let ranges = [
        (*minutes, 0, 59),
        (*hours, 0, 23),
        (*days, 1, 31),
        (*months, 1, 12),
        (*weekdays, 1, 7),
        (*years, 1970, 2199),
    ];
    if (*days == "?") == (*weekdays == "?") {
        return Err("exactly one of day of month and day of week is `?`");
    }
    for (field, from, to) in ranges {
        let fits = |part: &str| match part {
            "*" | "?" => true,
            number => number.parse().is_ok_and(|number: u32| (from..=to).contains(&number)),
        };
        if !field.split([',', '-', '/']).all(fits) {
            return Err("a field is out of its range");
        }
    }
    Ok(())
}

fn inside<'a>(expression: &'a str, opening: &str) -> Option<&'a str> {
    expression.strip_prefix(opening)?.strip_suffix(')')
}

#[cfg(test)]
mod tests {
    use super::check_expression;

    #[test]
    fn expressions_that_the_scheduler_refuses_are_refused() {
        for good in ["rate(1 minute)", "rate(5 days)", "cron(15 3 * * ? *)", "cron(0 8 ? * 2-6 *)"]
        {
            assert_eq!(check_expression(good), Ok(()), "{good}");
        }
        for bad in [
            "rate(1 minutes)",
            "rate(0 days)",
            "rate(minute)",
            "cron(15 3 * * *)",
            "cron(15 3 * * * *)",
            "cron(75 3 * * ? *)",
            "cron(15 24 * * ? *)",
            "15 3 * * *",
            "",
        ] {
            assert!(check_expression(bad).is_err(), "{bad}");
        }
    }
}
