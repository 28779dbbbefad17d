//! How many tonnes a measured volume weighs: the petroleum tables in integers, the same on every
//! machine.
//!
//! ```text
//!   α    = (K0 + K1·ρ) / ρ²                     ρ kg/m³ at 15 °C; K0, K1 of the product group
//!   VCF  = exp(−α·ΔT·(1 + 0.8·α·ΔT))            ΔT = t − 15 °C; rounded half up to 4 decimals
//!   kg   = GOV · VCF · (ρ − 1.1)                rounded half up to 0.001 t, once, at the end
//! ```
//!
//! Tables 54 of API MPMS 11.1 (ISO 91, GB/T 1885); `1.1` kg/m³ is the buoyancy of air, which makes
//! of a mass the weight in air that is bought and sold. Neither density nor temperature is rounded
//! to the steps of the printed tables, and the volume at 15 °C is not rounded in between. The
//! constants are the founding document's, scaled to integers.

/// The reference temperature of the tables, tenths of a degree Celsius.
const REFERENCE_C_DECI: i128 = 150;
/// One, in the fixed point that the series is summed in: the error stays below 1e-10.
const ONE: i128 = 1_000_000_000_000;
/// Fixed point of a VCF with four decimals.
const VCF_ONE: i128 = 10_000;

/// What the tables say of a group of products.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group {
    /// K0 in ten-thousandths.
    pub k0_e4: u64,
    /// K1 in ten-thousandths.
    pub k1_e4: u64,
    /// The lowest density at 15 °C that the group is for, g/m³.
    pub density_min_g_m3: u64,
    /// The highest, g/m³.
    pub density_max_g_m3: u64,
}

/// The volume correction factor to 15 °C in ten-thousandths; nothing where the constants are so far
/// from any oil's that the series does not hold.
pub fn vcf_e4(group: &Group, density15_g_m3: u32, temp_c_deci: i32) -> Option<u32> {
    let alpha = alpha(group, density15_g_m3)?;
    let delta = i128::from(temp_c_deci) - REFERENCE_C_DECI;
    let a = alpha.checked_mul(delta)? / 10;
    if a.abs() > ONE / 2 {
        return None;
    }
    // α·ΔT + 0.8·(α·ΔT)²
    let x = a + a * a / ONE * 4 / 5;
    let vcf = (exp_minus(x) * VCF_ONE + ONE / 2) / ONE;
    u32::try_from(vcf).ok()
}

/// The thermal expansion at 15 °C, per degree, in fixed point.
fn alpha(group: &Group, density15_g_m3: u32) -> Option<i128> {
    let density = i128::from(density15_g_m3);
    // (K0 + K1·ρ) in 1e-7, over ρ² in 1e-6: a factor of ten is left.
    let upper = i128::from(group.k0_e4).checked_mul(1000)?;
    let upper = upper.checked_add(i128::from(group.k1_e4).checked_mul(density)?)?;
    upper.checked_mul(ONE / 10)?.checked_div(density * density)
}

/// exp(−x) for |x| < 1, all in fixed point.
fn exp_minus(x: i128) -> i128 {
    let (mut sum, mut term) = (ONE, ONE);
    for n in 1..=30 {
        term = -term * x / (ONE * n);
        if term == 0 {
            break;
        }
        sum += term;
    }
    sum
}

/// What a volume weighs in air, in thousandths of a tonne. `air_g_m3` is the buoyancy of air.
pub fn weight_kg(gov_l: u64, vcf_e4: u32, density15_g_m3: u32, air_g_m3: u64) -> u64 {
    // Each factor is bounded by its type: 2^64 · 2^32 · 2^32 fits 128 bits.
    let in_air = u128::from(density15_g_m3).saturating_sub(u128::from(air_g_m3));
    let exact = u128::from(gov_l) * u128::from(vcf_e4) * in_air;
    // Litres by g/m³ are 1e-6 kg, and the VCF is in ten-thousandths.
    let kg = exact.saturating_add(5_000_000_000) / 10_000_000_000;
    u64::try_from(kg).unwrap_or(u64::MAX)
}

/// Whether two quantities differ by more than so many ten-thousandths of the first.
pub fn differs(right: u64, stated: u64, permyriad: u64) -> bool {
    let difference = u128::from(right.abs_diff(stated)) * 10_000;
    difference > u128::from(right) * u128::from(permyriad)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Group, differs, vcf_e4, weight_kg};

    /// Fuel oils of table 54B.
    const RESIDUAL: Group = Group {
        k0_e4: 1_869_696,
        k1_e4: 4_862,
        density_min_g_m3: 838_300,
        density_max_g_m3: 1_163_500,
    };
    const AIR: u64 = 1_100;

    /// Density, temperature, litres; the factor and the weight by 60 decimals of another program.
    const GOLDEN: [(u32, i32, u64, u32, u64); 14] = [
        // domain.md §7.2
        (941_200, 455, 761_585, 9777, 700_000),
        (941_200, 455, 542_466, 9777, 498_600),
        (941_200, 455, 530_000, 9777, 487_142),
        (941_200, 455, 979, 9777, 900),
        (941_200, 455, 1_305_576, 9777, 1_200_002),
        // Warm, cold, at the reference, at both ends of the group.
        (991_000, 500, 1_000_000, 9760, 966_142),
        (991_000, 150, 1_000_000, 10_000, 989_900),
        (1_010_000, 987, 2_500_123, 9435, 2_379_860),
        (838_300, -200, 10_000, 10_293, 8_617),
        (838_300, 1500, 10_000, 8828, 7_391),
        (890_000, 250, 300_500, 9922, 265_031),
        (900_000, -53, 77_777, 10_156, 71_004),
        (1_010_000, 1500, 999_999, 9083, 916_383),
        (975_300, 629, 1_843_402, 9664, 1_735_502),
    ];

    #[test]
    fn golden_values() {
        for (density, temp, litres, vcf, kg) in GOLDEN {
            assert_eq!(vcf_e4(&RESIDUAL, density, temp), Some(vcf), "{density} {temp}");
            assert_eq!(weight_kg(litres, vcf, density, AIR), kg, "{density} {temp} {litres}");
        }
    }

    #[test]
    fn other_groups_of_the_tables() {
        // Gasolines and kerosenes at 30 °C: 0.98152 and 0.98601.
        let gasoline = Group { k0_e4: 3_464_228, k1_e4: 4_388, ..RESIDUAL };
        assert_eq!(vcf_e4(&gasoline, 740_000, 300), Some(9815));
        let kerosene = Group { k0_e4: 5_945_418, k1_e4: 0, ..RESIDUAL };
        assert_eq!(vcf_e4(&kerosene, 800_000, 300), Some(9860));
    }

    #[test]
    fn halves_are_rounded_up() {
        // 1 litre of 1,501.1 kg/m³ weighs 1.5 kg in air; of 1,501.0 a little less.
        assert_eq!(weight_kg(1, 10_000, 1_501_100, AIR), 2);
        assert_eq!(weight_kg(1, 10_000, 1_501_099, AIR), 1);
    }

    #[test]
    fn tolerances_include_their_edge() {
        assert!(!differs(700_000, 700_700, 10) && differs(700_000, 700_701, 10));
        assert!(!differs(498_600, 496_107, 50) && differs(498_600, 496_106, 50));
        assert!(!differs(0, 0, 10) && differs(0, 1, 10));
    }

    proptest! {
        #[test]
        fn warmer_oil_is_lighter_and_more_of_it_heavier(
            density in 838_300..=1_163_500_u32,
            temp in -200..1500_i32,
            litres in 0..1_000_000_000_u64,
        ) {
            let cold = vcf_e4(&RESIDUAL, density, temp).unwrap();
            let warm = vcf_e4(&RESIDUAL, density, temp + 1).unwrap();
            prop_assert!(warm <= cold);
            prop_assert!(cold - warm <= 2, "a tenth of a degree is a ten-thousandth or less");
            let one = weight_kg(litres, cold, density, AIR);
            prop_assert!(weight_kg(litres + 1, cold, density, AIR) >= one);
            prop_assert!(weight_kg(litres, warm, density, AIR) <= one);
        }

        #[test]
        fn no_number_makes_it_panic(
            k0 in any::<u64>(), k1 in any::<u64>(), density in any::<u32>(), temp in any::<i32>(),
            litres in any::<u64>(), vcf in any::<u32>(), air in any::<u64>(), stated in any::<u64>(),
        ) {
            let group = Group { k0_e4: k0, k1_e4: k1, ..RESIDUAL };
            let _ = vcf_e4(&group, density, temp);
            let kg = weight_kg(litres, vcf, density, air);
            let _ = differs(kg, stated, air);
        }
    }
}
