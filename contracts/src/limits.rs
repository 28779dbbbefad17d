//! Every bound of the rules that is not an office's to set, each with its name.

/// Deadlines that one batch may fire; the rest follow with the next batch.
pub const DEADLINES_PER_BATCH_MAX: usize = 256;
/// Keys that a party may have registered, revoked ones included.
pub const KEYS_PER_PARTY_MAX: usize = 64;
/// Proposals that a party may have open.
pub const PROPOSALS_PER_PARTY_MAX: usize = 4;
/// How many heights ahead a proposal may take effect: at a batch each five seconds some two months.
pub const HEIGHTS_AHEAD_MAX: u64 = 1_000_000;
/// Parameters that one proposal may set.
pub const SETTINGS_MAX: usize = 64;
/// Containers on one bill.
pub const CONTAINERS_PER_BILL_MAX: usize = 500;
/// Containers on one transfer plan: more than any river barge carries.
pub const CONTAINERS_PER_PLAN_MAX: usize = 400;
/// Items of one declaration.
pub const ITEMS_PER_DECLARATION_MAX: usize = 50;
/// Bills that one report of a ship's departure or unloading lists.
pub const BILLS_PER_REPORT_MAX: usize = 100;
/// Voyages that one ship may have filed within a year.
pub const VOYAGES_PER_SHIP_MAX: usize = 400;
/// Seals on one container.
pub const SEALS_MAX: usize = 8;
/// Damage codes on one equipment receipt.
pub const DAMAGE_CODES_MAX: usize = 20;
/// Pieces of evidence cited in a body.
pub const EVIDENCE_MAX: usize = 16;
/// Holds and doubts kept open on one subject; a further mismatch adds nothing to a subject that
/// is stopped so many times over.
pub const HOLDS_PER_SUBJECT_MAX: usize = 32;
/// Times that a delivery order may change hands.
pub const TITLE_TRANSFERS_MAX: usize = 32;
/// Longest free text in a body, bytes.
pub const TEXT_BYTES_MAX: usize = 1024;
/// Longest number or code in a body, bytes.
pub const CODE_BYTES_MAX: usize = 64;
/// Voyages of a ship are unique within this time, milliseconds.
pub const VOYAGE_UNIQUE_MS: u64 = 365 * 24 * 3_600_000;
/// Tanks of one logistics account.
pub const TANKS_PER_ACCOUNT_MAX: usize = 64;
/// Suppliers of one logistics account.
pub const SUPPLIERS_PER_ACCOUNT_MAX: usize = 256;
/// Largest quantity of oil in one statement, and largest volume, thousandths of a tonne and litres:
/// a million tonnes, more than any tank holds.
pub const OIL_KG_MAX: u64 = 1_000_000_000;
/// Outbound, return and loss vouchers of one application.
pub const VOUCHERS_PER_APPLICATION_MAX: usize = 64;
/// Deliveries under one application.
pub const DELIVERIES_PER_APPLICATION_MAX: usize = 64;
/// Deliveries in one central declaration.
pub const DELIVERIES_PER_DECLARATION_MAX: usize = 200;
/// Coldest oil that a measurement may state, tenths of a degree Celsius.
pub const OIL_C_DECI_MIN: i32 = -200;
/// Hottest oil that a measurement may state, tenths of a degree Celsius.
pub const OIL_C_DECI_MAX: i32 = 1500;
/// Product groups of the petroleum tables in a founding document.
pub const OIL_GROUPS_MAX: u32 = 8;
/// Directly affiliated customs offices that a guarantee may name as beneficiaries.
pub const BENEFICIARIES_MAX: usize = 16;
/// Declarants that a guarantee line may name beside its enterprise.
pub const NAMED_DECLARANTS_MAX: usize = 32;
/// Largest amount of money in a guarantee, fen: 10 trillion yuan, below 2^53 so that JSON readers
/// keep it exact.
pub const FEN_MAX: u64 = 1_000_000_000_000_000;
/// Largest statement of a guarantee line with its live drawdowns, bytes: some two hundred thousand.
pub const LINE_STATEMENT_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Longest number of a certificate, characters; that of a vehicle's certificate fits (case 40).
pub const CERTIFICATE_NO_BYTES_MAX: usize = 64;
/// Most digits of a certificate's serial.
pub const SERIAL_DIGITS_MAX: u32 = 9;
/// Longest code of a kind of certificate, bytes: subjects that carry it stay within their bound.
pub const KIND_CODE_BYTES_MAX: usize = 32;
/// Longest validity of a certificate, days.
pub const VALID_DAYS_MAX: u32 = 3_660;
/// Items of one application for a certificate.
pub const ITEMS_PER_CERTIFICATE_MAX: usize = 50;
/// Animals in one vehicle, whatever a kind allows.
pub const ANIMALS_PER_VEHICLE_MAX: usize = 64;
/// Samples that an isolation lists.
pub const SAMPLES_MAX: usize = 16;
/// Times that one application may be submitted.
pub const SUBMISSIONS_MAX: usize = 16;
/// Largest quantity of an item, thousandths of its unit, and largest gross weight in grams: what
/// JSON readers keep exact, also when summed up over all items.
pub const QUANTITY_MILLI_MAX: u64 = 100_000_000_000_000;
/// Largest gross weight of an item, grams.
pub const GROSS_G_MAX: u64 = QUANTITY_MILLI_MAX;
/// Largest amount of an invoice or an item in the smallest unit of its currency.
pub const AMOUNT_MINOR_MAX: u64 = QUANTITY_MILLI_MAX;
/// The whole, in hundredths of a per cent.
pub const RVC_PERMYRIAD_MAX: u32 = 10_000;
/// Largest code of a mode of transport.
pub const TRANSPORT_MODE_MAX: u8 = 9;
/// Longest span in days that a rule of review can tell apart: more than ledger time can hold.
pub const DAYS_MAX: u64 = 1_000_000;
/// Rows of one rule set.
pub const RULE_ROWS_MAX: usize = 200;
/// Conditions of one row.
pub const CONDITIONS_PER_ROW_MAX: usize = 16;
/// Values of one condition.
pub const VALUES_PER_CONDITION_MAX: usize = 1_000;
/// Largest rule set in its encoding, bytes. A review looks at each of its values once an item.
pub const RULE_SET_BYTES_MAX: usize = 32 * 1024;
/// Live certificates that stand for lines of one invoice.
pub const CERTIFICATES_PER_INVOICE_MAX: usize = 64;
/// Animals that are away under one guarantee letter, and chips in one reading.
pub const ANIMALS_PER_LETTER_MAX: usize = 200;
/// Subjects that one file of evidence is linked to.
pub const FILE_SUBJECTS_MAX: usize = 32;
/// Parties and roles that one file of evidence names as its readers.
pub const FILE_READERS_MAX: usize = 16;
/// Segments of one whole that is anchored in parts.
pub const SEGMENTS_MAX: u32 = 256;
