//! The regions the service may run in (product: one EU region; agreement A 7.2, C).

/// AWS regions inside the European Union, in alphabetical order.
///
/// London (`eu-west-2`) and Zurich (`eu-central-2`) lie outside the EU and the EEA. The template's
/// rule `EuOnly` holds the same list; a test compares the two.
pub const EU_REGIONS: [&str; 6] =
    ["eu-central-1", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-3"];

/// The region is not one of [`EU_REGIONS`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("region \"{region}\" is outside the EU; allowed: {}", EU_REGIONS.join(", "))]
pub struct OutsideEu {
    /// The refused region.
    pub region: String,
}

/// Refuses a region outside the EU.
pub fn require_eu(region: &str) -> Result<(), OutsideEu> {
    if EU_REGIONS.contains(&region) { Ok(()) } else { Err(OutsideEu { region: region.to_owned() }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d8_only_eu_regions_are_allowed_and_the_refusal_names_them() {
        assert!(require_eu("eu-north-1").is_ok());
        for outside in ["us-east-1", "eu-west-2", "eu-central-2", "", "eu-north-1 "] {
            let refusal = require_eu(outside).unwrap_err().to_string();
            assert!(refusal.contains("eu-north-1") && refusal.contains("eu-west-3"), "{refusal}");
        }
    }
}
