//! Real messages that nobody here wrote, read by hand and by the importer. They are not part of
//! this project: `COUNTERSIGN_CORPUS` names the folder that holds them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr)]

use std::{collections::BTreeMap, path::PathBuf};

use countersign_client::import::{Code, Options, Reason, Report, import};

fn corpus() -> Option<PathBuf> {
    let folder = std::env::var_os("COUNTERSIGN_CORPUS");
    if folder.is_none() {
        eprintln!("skipped: COUNTERSIGN_CORPUS does not name the folder of real messages");
    }
    folder.map(|f| PathBuf::from(f).join("edifact"))
}

fn codes(reasons: &[Reason]) -> Vec<Code> {
    reasons.iter().map(|r| r.code).collect()
}

/// A message: its BGM code, its reasons, and how many of its containers have which reasons.
type Said = (&'static str, &'static [Code], &'static [(usize, &'static [Code])]);

/// What a person reads in a file.
struct Expected {
    notes: &'static [Code],
    messages: &'static [Said],
    /// Containers: taken, doubted, refused.
    containers: (usize, usize, usize),
}

/// Read by hand, file by file.
fn expected(file: &str) -> Expected {
    use Code::*;
    match file {
        // A stowage plan: three EQD, and not a message that is taken.
        "baplie_d95b_php-edifact.edi" => Expected {
            notes: &[],
            messages: &[("", &[MessageType], &[(3, &[MessageType])])],
            containers: (0, 0, 3),
        },
        // MSKU0308961, empty, size 0000; the ship has the name "6IL" and no call sign.
        "coarri_95b_discharge_IDJKT-MAEU.edi" => Expected {
            notes: &[],
            messages: &[("44", &[], &[(1, &[VesselIdMissing, SizeTypeUnknown])])],
            containers: (0, 1, 0),
        },
        // An excerpt: UNT says 534 segments, CNT one container of two. Both are sealed, "Y".
        "coarri_95b_discharge_JICT-EVG_LEO-PERDANA_excerpt.edi" => Expected {
            notes: &[],
            messages: &[("44", &[EquipmentCount, UntCount], &[(2, &[SealWithoutNumber])])],
            containers: (0, 2, 0),
        },
        // Two discharged boxes with SEL+SI+CA, and nineteen loaded ones with nothing wrong: their
        // cells lack the leading zero of the bay, which is put back.
        "coarri_d95b_php-edifact.edi" => Expected {
            notes: &[],
            messages: &[("44", &[], &[(2, &[SealWithoutNumber])]), ("46", &[], &[(19, &[])])],
            containers: (19, 2, 0),
        },
        // TGHU1643396; UNT with leading zeros is right, UNZ says seven messages.
        "codeco_95b_gatein_ICTSI-OOCL_MAGNAVIA.edi" => Expected {
            notes: &[UnzCount],
            messages: &[("34", &[], &[(1, &[])])],
            containers: (1, 0, 0),
        },
        // EMCU5205000; CNT says three containers.
        "codeco_95b_gatein_export_MAL-EVG_VIRA-BHUM.edi" => Expected {
            notes: &[],
            messages: &[("34", &[EquipmentCount], &[(1, &[])])],
            containers: (1, 0, 0),
        },
        // MSKU6353588: size 0000, place IDJKT45, a truck that names its firm but not its plate.
        "codeco_95b_gateout_IDJKT-MAEU.edi" => Expected {
            notes: &[],
            messages: &[("36", &[], &[(1, &[SizeTypeUnknown, PlaceNotLocode, TruckPlateMissing])])],
            containers: (0, 1, 0),
        },
        // A release order, cut at the start: no UNB, 25 segments of 27.
        "coparn_95b_ITSAL_MAERSK-NESTON_excerpt.edi" => Expected {
            notes: &[UnbMissing],
            messages: &[("11", &[MessageType, UntCount], &[(1, &[MessageType])])],
            containers: (0, 0, 1),
        },
        // A loading order: no UNB, two of five containers, 29 segments of 56.
        "d95b_coprar_apimeister.edi" => Expected {
            notes: &[UnbMissing],
            messages: &[("45", &[MessageType, EquipmentCount, UntCount], &[(2, &[MessageType])])],
            containers: (0, 0, 2),
        },
        other => panic!("{other}: read it by hand and write down here what it says"),
    }
}

/// The report in the shape of [`Expected`]'s messages.
type Found = Vec<(String, Vec<Code>, BTreeMap<Vec<Code>, usize>)>;

fn found(report: &Report) -> Found {
    let message = |m: &countersign_client::import::MessageReport| {
        let mut groups = BTreeMap::new();
        for container in &m.containers {
            *groups.entry(codes(container.outcome.reasons())).or_default() += 1;
        }
        (m.code.clone(), codes(&m.reasons), groups)
    };
    report.all_messages().map(message).collect()
}

#[test]
fn real_messages_are_read_as_a_person_reads_them() {
    let Some(folder) = corpus() else { return };
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty());
    for path in files {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let report = import(&name, &std::fs::read(&path).unwrap(), &Options::default());
        let expected = expected(&name);
        assert_eq!(report.refused, None, "{name}");
        let notes: Vec<Code> = report.interchanges.iter().flat_map(|i| codes(&i.notes)).collect();
        assert_eq!(notes, expected.notes, "{name}");
        let wanted: Found = expected
            .messages
            .iter()
            .map(|(code, reasons, containers)| {
                let groups = containers.iter().map(|(n, codes)| (codes.to_vec(), *n)).collect();
                (code.to_string(), reasons.to_vec(), groups)
            })
            .collect();
        assert_eq!(found(&report), wanted, "{name}");
        let counts = report.containers;
        assert_eq!((counts.taken, counts.doubted, counts.refused), expected.containers, "{name}");
    }
}

#[test]
fn real_values_are_read_as_they_stand() {
    let Some(folder) = corpus() else { return };
    let read = |name: &str| {
        let bytes = std::fs::read(folder.join(name)).unwrap();
        import(name, &bytes, &Options { utc_offset_minutes: 420 })
    };
    let gate = read("codeco_95b_gatein_export_MAL-EVG_VIRA-BHUM.edi");
    let m = gate.movements().next().unwrap();
    assert_eq!(
        (&*m.container, m.size_type.as_deref(), m.gross_kg),
        ("EMCU5205000", Some("45R1"), Some(33_859))
    );
    assert_eq!(
        (m.booking_no(), m.seals[0].number.as_deref()),
        (Some("080300090976"), Some("EMCBWE3782"))
    );
    // 02:53 in Jakarta on 8 April 2013.
    assert_eq!(m.time.as_ref().unwrap().utc_ms, 1_365_364_380_000);
    assert_eq!(m.inland.as_ref().unwrap().id, "4JJ");
    let magnavia = read("codeco_95b_gatein_ICTSI-OOCL_MAGNAVIA.edi");
    let m = magnavia.movements().next().unwrap();
    assert_eq!((m.seals.len(), m.damages.len(), m.gross_kg), (2, 2, Some(21_430)));
    assert_eq!(m.ship.as_ref().map(|s| (&*s.id, &*s.name)), Some(("A8BI5", "MAGNAVIA")));
    let coarri = read("coarri_d95b_php-edifact.edi");
    let m = coarri.movements().next().unwrap();
    assert_eq!(
        (m.stowage.as_deref(), m.tare_kg, m.gross_kg),
        (Some("0380886"), Some(4_000), Some(8_914))
    );
    assert_eq!(m.place.as_ref().map(|p| (&*p.code, &*p.terminal)), Some(("ITGOA", "VTE")));
    let leo = read("coarri_95b_discharge_JICT-EVG_LEO-PERDANA_excerpt.edi");
    let sizes: Vec<_> = leo.movements().map(|m| m.size_type.as_deref().unwrap()).collect();
    assert_eq!(sizes, ["42G1", "22G1"]);
    assert_eq!(leo.movements().nth(1).unwrap().dangerous, ["1593"]);
}
