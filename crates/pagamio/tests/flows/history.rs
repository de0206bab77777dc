//! The history, page by page.

use pagamio::{Client, Transaction, TransactionQuery};

/// All records that the query brings.
pub async fn all(client: &Client, query: TransactionQuery) -> Vec<Transaction> {
    let mut pages = client.transaction_pages(query);
    let mut records = Vec::new();
    while let Some(page) = pages.next().await {
        records.extend(page.unwrap().items);
    }
    records
}

/// Their transaction ids, in order.
pub async fn ids(client: &Client, query: TransactionQuery) -> Vec<String> {
    all(client, query).await.into_iter().map(|record| record.transaction_id.unwrap()).collect()
}
