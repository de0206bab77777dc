//! Where a payment stands: the one grouping of seventeen statuses, which is our reading.

use crate::generated::types::PaymentStatus;

impl PaymentStatus {
    /// Whether nothing final is known: all that is not paid, dead or undone after payment, and every value that no document lists.
    pub fn is_open(&self) -> bool {
        !(self.is_paid() || self.is_dead() || self.is_after_payment())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each status that the pages list, and its group.
    const ALL: [(&str, char); 17] = [
        ("ABANDONED", 'd'),
        ("CANCELLED", 'd'),
        ("CHARGEBACK", 'a'),
        ("FAILED", 'd'),
        ("NEW", 'o'),
        ("PAY_OFFLINE", 'o'),
        ("PENDING", 'o'),
        ("PENDING_INVESTIGATION", 'o'),
        ("READY", 'o'),
        ("REFUND", 'a'),
        ("SEND_BIRTHDAY", 'o'),
        ("SEND_PHONE", 'o'),
        ("SEND_PIN", 'o'),
        ("SEND_OTP", 'o'),
        ("SEND_VALIDATION_TOKEN", 'o'),
        ("SUCCESSFUL", 'p'),
        ("VALIDATED", 'o'),
    ];

    #[test]
    fn each_status_is_in_exactly_one_group() {
        for (text, group) in ALL {
            let status = PaymentStatus::from(text);
            assert!(!matches!(status, PaymentStatus::Unknown(_)) && status.as_str() == text, "{text}");
            let is = [status.is_paid(), status.is_dead(), status.is_after_payment(), status.is_open()];
            assert_eq!(is, ['p', 'd', 'a', 'o'].map(|one| one == group), "{text}");
        }
    }

    #[test]
    fn what_no_document_lists_is_open() {
        for text in ["", "successful", "SUCCESSFUL ", "PAID", "VOIDED"] {
            let status = PaymentStatus::from(text);
            assert_eq!(status, PaymentStatus::Unknown(text.to_owned()));
            assert!(status.is_open(), "{text}");
        }
    }
}
