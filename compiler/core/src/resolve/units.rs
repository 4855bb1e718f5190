//! Durations and sizes: numbers with their unit.

use std::time::Duration;

/// `"500ms"`, `"10s"`, `"2m"`, up to an hour.
pub(super) fn duration(text: &str) -> Option<Duration> {
    let (number, unit) = split(text)?;
    let millis = match unit {
        "ms" => number,
        "s" => number.checked_mul(1000)?,
        "m" => number.checked_mul(60_000)?,
        _ => return None,
    };
    (1..=3_600_000)
        .contains(&millis)
        .then(|| Duration::from_millis(millis))
}

/// `"512B"`, `"64KiB"`, `"1MiB"`, up to 64 MiB.
pub(super) fn size(text: &str) -> Option<u64> {
    let (number, unit) = split(text)?;
    let bytes = match unit {
        "B" => number,
        "KiB" => number.checked_mul(1024)?,
        "MiB" => number.checked_mul(1024 * 1024)?,
        _ => return None,
    };
    (1..=64 * 1024 * 1024).contains(&bytes).then_some(bytes)
}

fn split(text: &str) -> Option<(u64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit())?;
    let (digits, unit) = text.split_at(end);
    Some((digits.parse().ok()?, unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units() {
        assert_eq!(duration("10s"), Some(Duration::from_secs(10)));
        assert_eq!(duration("250ms"), Some(Duration::from_millis(250)));
        assert_eq!(size("1MiB"), Some(1_048_576));
        for bad in [
            "",
            "10",
            "s",
            "10 s",
            "-1s",
            "0s",
            "2h",
            "99999999999999999999s",
            "61m",
        ] {
            assert_eq!(duration(bad), None, "{bad}");
        }
        for bad in ["1MB", "65MiB", "0B", "MiB"] {
            assert_eq!(size(bad), None, "{bad}");
        }
    }
}
