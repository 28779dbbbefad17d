//! What a product is by the founding document: its grade (ISO 8217), its sulphur class, and the
//! product group of the petroleum tables. And the rules about every measurement.

use alloc::{collections::BTreeMap, format, string::String};

use super::{
    bodies::{Delivery, Measurement, Product, SulphurStatement},
    mass::{Group, differs, vcf_e4, weight_kg},
    reading::tonnes,
};
use crate::{
    family::{FamilyName, desk::Desk},
    limits::OIL_GROUPS_MAX,
    membership,
    refusal::{Refusal, Remedy, Rule},
    shared::Shared,
    world::{No, Unreadable},
};

/// A grade as the founding document describes it.
pub(super) struct Grade {
    density_max_g_m3: u64,
    viscosity_max_cst_milli: Option<u64>,
    flash_min_c_deci: u64,
}

/// The founding document's word on oil, read once for all that one statement says of it.
pub(super) struct Book {
    all: Shared<BTreeMap<String, i64>>,
}

impl Book {
    /// What the founding document says.
    pub(super) fn open(desk: Desk<'_>) -> Result<Self, Unreadable> {
        Ok(Self { all: membership::parameters(desk.world)? })
    }

    fn find(&self, name: &str) -> Option<u64> {
        let value = self.all.get(&format!("{}.{name}", FamilyName::BondedOil.name()));
        value.and_then(|v| u64::try_from(*v).ok())
    }

    fn get(&self, name: &str) -> Result<u64, Unreadable> {
        self.find(name).ok_or_else(|| Unreadable(format!("the parameter {name} is missing")))
    }

    /// A grade: `bonded_oil.grade.NAME.…`.
    pub(super) fn require_grade(&self, product: &Product) -> Result<Grade, Refusal> {
        let name = &product.grade;
        let of = |what: &str| self.find(&format!("grade.{name}.{what}"));
        let limits = of("density_max_g_m3").zip(of("flash_min_c_deci"));
        let (density_max_g_m3, flash_min_c_deci) = limits.ok_or_else(|| {
            let expected = "a grade of the founding document, for instance RMG380";
            Refusal::new(Rule::UnknownGrade, "grade", name, expected).mended_by(Remedy::Founders)
        })?;
        let viscosity_max_cst_milli = of("viscosity_max_cst_milli");
        Ok(Grade { density_max_g_m3, viscosity_max_cst_milli, flash_min_c_deci })
    }

    /// The limit of a sulphur class: `bonded_oil.sulphur.NAME.max_pct_milli`.
    pub(super) fn require_sulphur_class(&self, product: &Product) -> Result<u64, Refusal> {
        let name = &product.sulphur_class;
        self.find(&format!("sulphur.{name}.max_pct_milli")).ok_or_else(|| {
            let expected = "a sulphur class of the founding document, for instance VLSFO";
            Refusal::new(Rule::UnknownSulphurClass, "sulphur_class", name, expected)
                .mended_by(Remedy::Founders)
        })
    }

    /// The product group of the tables that a density falls into: `bonded_oil.group.NUMBER.…`,
    /// numbered from 1 without gaps.
    fn group(&self, density15_g_m3: u32) -> Option<Group> {
        let density = u64::from(density15_g_m3);
        for number in 1..=OIL_GROUPS_MAX {
            let of = |what: &str| self.find(&format!("group.{number}.{what}"));
            let group = Group {
                k0_e4: of("k0_e4")?,
                k1_e4: of("k1_e4")?,
                density_min_g_m3: of("density_min_g_m3")?,
                density_max_g_m3: of("density_max_g_m3")?,
            };
            if (group.density_min_g_m3..=group.density_max_g_m3).contains(&density) {
                return Some(group);
            }
        }
        None
    }

    /// Computes a measurement again. A density outside the tables has no volume correction; figures
    /// that differ by more than the tolerance are refused.
    pub(super) fn require_weighed(&self, m: &Measurement) -> Result<(), No> {
        let vcf = self
            .group(m.density15_g_m3)
            .and_then(|group| vcf_e4(&group, m.density15_g_m3, m.temp_c_deci));
        let Some(vcf) = vcf else {
            let expected = "a density in g/m3 that the founding document has a product group for";
            let found = m.density15_g_m3;
            return Err(Refusal::new(Rule::DensityRange, "density15_g_m3", found, expected).into());
        };
        let tolerance = self.get("mass_tolerance_permyriad")?;
        if differs(u64::from(vcf), u64::from(m.vcf_e4), tolerance) {
            let expected = format!("{vcf} within {tolerance} ten-thousandths");
            return Err(Refusal::new(Rule::MassDiffers, "vcf_e4", m.vcf_e4, expected).into());
        }
        let air = self.get("air_buoyancy_g_m3")?;
        let right = weight_kg(m.gov_l, vcf, m.density15_g_m3, air);
        if differs(right, m.qty_kg, tolerance) {
            let found = tonnes(m.qty_kg);
            let expected = format!("{} within {tolerance} ten-thousandths", tonnes(right));
            return Err(Refusal::new(Rule::MassDiffers, "qty_kg", found, expected).into());
        }
        Ok(())
    }

    /// A measurement of oil of this product: weighed right, and no denser than the grade.
    pub(super) fn require_measured(&self, product: &Product, m: &Measurement) -> Result<(), No> {
        let grade = self.require_grade(product)?;
        self.require_weighed(m)?;
        Ok(require_density(&grade, product, m)?)
    }

    /// All that a delivery note says of the fuel: grade, weight, limits, sulphur, declaration.
    pub(super) fn require_fuel(&self, note: &Delivery) -> Result<(), No> {
        let grade = self.require_grade(&note.product)?;
        let sulphur_max = self.require_sulphur_class(&note.product)?;
        self.require_weighed(&note.measured)?;
        require_density(&grade, &note.product, &note.measured)?;
        require_limits(&grade, note)?;
        let found = u64::from(note.sulphur_pct_milli);
        if found > sulphur_max {
            let expected =
                format!("{} at most: {}", percent(sulphur_max), note.product.sulphur_class);
            let refusal =
                Refusal::new(Rule::SulphurLimit, "sulphur_pct_milli", percent(found), expected);
            return Err(refusal.into());
        }
        self.require_declared(note)
    }

    /// The supplier's declaration fits the sulphur that the note states.
    fn require_declared(&self, note: &Delivery) -> Result<(), No> {
        let said = &note.declaration;
        if !said.conforms_18_3 {
            let expected = "a fuel that conforms with regulation 18.3";
            let refusal = Refusal::new(Rule::FuelStatement, "conforms_18_3", "false", expected);
            return Err(refusal.mended_by(Remedy::Supplier).into());
        }
        let limit = match said.sulphur {
            SulphurStatement::Global => self.get("sulphur_14_1_pct_milli")?,
            SulphurStatement::ControlArea => self.get("sulphur_14_4_pct_milli")?,
            SulphurStatement::Purchaser => {
                u64::from(said.purchaser_limit_pct_milli.unwrap_or_default())
            }
        };
        if u64::from(note.sulphur_pct_milli) <= limit {
            return Ok(());
        }
        let found = percent(u64::from(note.sulphur_pct_milli));
        let expected = format!("{} at most, as declared ({})", percent(limit), said.sulphur.name());
        Err(Refusal::new(Rule::FuelStatement, "declaration.sulphur", found, expected)
            .mended_by(Remedy::Supplier)
            .into())
    }
}

/// Refuses a product that is not what the tank or the application is for.
pub(super) fn require_product(expected: &Product, found: &Product) -> Result<(), Refusal> {
    if expected == found {
        return Ok(());
    }
    let text = |p: &Product| format!("{} {}", p.grade, p.sulphur_class);
    Err(Refusal::new(Rule::OtherProduct, "product", text(found), text(expected)))
}

fn require_density(grade: &Grade, product: &Product, m: &Measurement) -> Result<(), Refusal> {
    if u64::from(m.density15_g_m3) <= grade.density_max_g_m3 {
        return Ok(());
    }
    let expected = format!("at most {} g/m3: {}", grade.density_max_g_m3, product.grade);
    Err(Refusal::new(Rule::GradeLimit, "density15_g_m3", m.density15_g_m3, expected))
}

fn require_limits(grade: &Grade, note: &Delivery) -> Result<(), Refusal> {
    let name = &note.product.grade;
    if let (Some(found), Some(max)) = (note.viscosity_cst_milli, grade.viscosity_max_cst_milli)
        && u64::from(found) > max
    {
        let expected = format!("at most {max} (thousandths of mm2/s): {name}");
        return Err(Refusal::new(Rule::GradeLimit, "viscosity_cst_milli", found, expected));
    }
    let flash = u64::try_from(note.flash_c_deci).unwrap_or_default();
    if flash < grade.flash_min_c_deci {
        let expected = format!("at least {} (tenths of a degree): {name}", grade.flash_min_c_deci);
        return Err(Refusal::new(Rule::GradeLimit, "flash_c_deci", note.flash_c_deci, expected));
    }
    Ok(())
}

/// A share of mass as people write it: per cent with two decimals, three where needed.
fn percent(milli: u64) -> String {
    let (whole, rest) = (milli / 1000, milli % 1000);
    if rest.is_multiple_of(10) {
        format!("{whole}.{:02} %", rest / 10)
    } else {
        format!("{whole}.{rest:03} %")
    }
}
