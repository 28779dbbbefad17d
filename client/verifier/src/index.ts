/**
 * A second verifier of the ledger's proofs, written from `record.cddl`. It opens no socket, reads
 * no file and asks no node: bytes and the founding document come in, a report goes out.
 */

export { BadGenesis, parseGenesis, type FoundingParty, type Genesis, type Names } from './genesis.js';
export type { By, Drawdown, Line } from './line-statement.js';
export type { Refusal } from './receipt.js';
export type { Failed, Kind, Passed, Step, StepId } from './report.js';
export type { Action, Algorithm, Payload } from './statement.js';
export {
  verifyFile,
  verifyLineStatement,
  verifyReceipt,
  verifyStateCode,
  verifyStateProof,
  verifyStatement,
  type Asked,
  type CodeFacts,
  type CodeReport,
  type FileReport,
  type HeaderFacts,
  type LineFacts,
  type LineReport,
  type ReceiptFacts,
  type ReceiptReport,
  type StateFacts,
  type StateReport,
  type StatementFacts,
  type StatementReport,
} from './verify.js';
