//! The vectors that four independent implementations agree on; each was made with `openssl enc -aes-256-cbc -K <key> -iv <iv>`.

/// 32 characters, used as they are.
pub(super) const KEY: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";

/// IV, plaintext, ciphertext.
pub(super) const VECTORS: [(&str, &str, &str); 8] = [
    // V1
    ("000102030405060708090a0b0c0d0e0f", r#"{}"#, "dfe28d87e73e56af0d3c40242c50410f"),
    // V2
    (
        "000102030405060708090a0b0c0d0e0f",
        r#"{"amount":10000}"#,
        "29f100c94b908707c1d39724ce9a7ed26dfbe15342a3d7a90d686721bed3ed7e",
    ),
    // V3
    (
        "f0e0d0c0b0a090807060504030201000",
        r#"{"first_name":"Ada","last_name":"Byron","email":"ada@example.com","address":"1 Analytical Row","country":"GB","city":"London","state":"LND","zip":"SW1A 1AA","ip_address":"203.0.113.7","phone_number":"7000000001","amount":100,"currency":"GBP","card_number":"4111111111111111","card_expiry_month":"12","card_expiry_year":"2030","card_cvv":"123","redirect_url":"https://merchant.example/return","webhook_url":"https://merchant.example/webhook","order_id":"ORDER-0001","terminal_id":"T12345"}"#,
        concat!(
            "05331a0eb00f2e36aec12c907a4a04891f4093cd493f6859e8ee8917657e630c776dccbad1e94b8d74a1078ffcedc0e2",
            "3c56864b117e76b13459fe35bcbaaa2fb400eed2be7f0c516ad3047fa664a6b5be74223aedf67d057ee90985cc45b4c6",
            "2407da5b4f83fa160ce6b5834c722b91f6d4ebd44b5769d6d54f39ec1c9682b292fc6f95ca350bb8352b67bc671ccbba",
            "325c55de37b26a49a46bb5fd8b59520a66d57a6e010f873467b4cf27800825a02d6015daa05c185d6044baf7edd43d0e",
            "cd768cd200b80cba7e7b56ce754b8ea94b850d3d35ea8d45a88cf8f36aa862847053c23202b8b3361c111e464b2f2437",
            "b31dd491ca6c0d85889049a06d31f37f94645738d7f8755ed70e48b3e4f3040c7cdfad2b9d0bfbf5661534cc28a13190",
            "faeba8ac2927786f566fb1b2033961c657be975aec66faf1c55cb600a370fb8c36cdf33047e4893bec83beab669f0a35",
            "733fcbafa210a6816b8cf3914387a8c45bc5cd5154584bfc0d18d7866f47c9e91896e6f0917b250e41c624bcf1577959",
            "2519c7d4e3c10c3951210437a23ee7910d9646183767a0e16c21bf9ba8592ac0fe4042aae58e8996861e6c32ce8ffaa8",
            "0100b7067d9e94c8808f9ba1ad66a1ff5f05d2fc828fa8c658298e1bad3dc7ea4e35ec9eddb4807f05fe8b377d56b621",
            "57ab45bb82941069725b42058e29a7ea",
        ),
    ),
    // V4
    (
        "000102030405060708090a0b0c0d0e0f",
        r#"{"first_name":"Zoë","last_name":"Núñez","city":"Kraków","note":"a/b"}"#,
        concat!(
            "bd201d7d1efe17951728c969d2398b8e1788550249669dd410e8a9dedbb03edbcc762d7aeb36172cb4ca7b421869b04d",
            "f1099312609988e601fd81031d3e86b18e707031f0bb3b21154fd8167c2cdce2",
        ),
    ),
    // V4b
    (
        "000102030405060708090a0b0c0d0e0f",
        r#"{"first_name":"Zo\u00eb","last_name":"N\u00fa\u00f1ez","city":"Krak\u00f3w","note":"a/b"}"#,
        concat!(
            "bd201d7d1efe17951728c969d2398b8e47e6533163b0cd00ad54d5dd2439f6b2b57cb43ad6af3b135e2fce2f9f4ba167",
            "fd359ad9290e3ee9f5ee2a1de5b5a8812efbb44dd5e179e6dda0c3d12a89677478bf29826ca0695f1349d4d0e983b74a",
        ),
    ),
    // V4c
    (
        "000102030405060708090a0b0c0d0e0f",
        r#"{"first_name":"Zo\u00eb","last_name":"N\u00fa\u00f1ez","city":"Krak\u00f3w","note":"a\/b"}"#,
        concat!(
            "bd201d7d1efe17951728c969d2398b8e47e6533163b0cd00ad54d5dd2439f6b2b57cb43ad6af3b135e2fce2f9f4ba167",
            "fd359ad9290e3ee9f5ee2a1de5b5a8812efbb44dd5e179e6dda0c3d12a896774628919d4b14f3d02fceea1bfa9d77033",
        ),
    ),
    // V5
    (
        "ffffffffffffffffffffffffffffffff",
        r#"{"wallet_id":"WAL1234567890","first_name":"Ada","last_name":"Byron","email":"ada@example.com","address":"1 Analytical Row","country":"US","city":"Newport","state":"RI","zip":"02840","ip_address":"203.0.113.7","phone_number":"7000000001","amount":12.5,"currency":"USD","card_number":"4222222222222222","card_expiry_month":"10","card_expiry_year":"2030","order_id":"PO-0001"}"#,
        concat!(
            "651b36b45c89c148b1bdac4d78e633d841f6fe6199a0cdbfdca6ff2281bb799bc23bd0dd443d5767f726690ea41c2c42",
            "1cf461922212ae786d0badfb1fee89f635eced2d8def189d316878aba0d0176c6bf2cd422e70f8793e17fda8673c18a0",
            "d04e3bd09e16813cf47893bb8c13f311c16a0d6cab8015134e0976a9d60d791fcbbcc0d11d4ed19aa259b08ec3aa438f",
            "9897c89b29056cbd778bcb8f55786ac511b22995f57a30c710dcb8d53c72617b3f012e8ba7c1eb0f758b73b78fc98412",
            "f75255da60d8ae10d4786b06212256634120af1fb7c3f7b611ac6fb5a7bdb90bb05fbb8d4b565d05ab50856a1eacd9ed",
            "29688b5ff9697db100251eb829f6cd167170d814a6b8033e4341724359f2e5b154197253ca129aa7e69256df881eafb2",
            "feeb0039fad21b724d791d27cb3eb6116bd564a05b29032d8e30d844eba38f1544502cbce4a9286ee898e2f55e94283e",
            "fc9ad84b52f544f116125b433e58839837f8ee5dc53b00d3620b310da66078e026c337a2696f8414fa4e9f9244ec153b",
        ),
    ),
    // V6
    ("00000000000000000000000000000000", r#"{"amount":1.00}"#, "c4173a486172d0a6d103fd00a8893c70"),
];
