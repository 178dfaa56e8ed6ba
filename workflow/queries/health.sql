-- What did each source give, and what is wrong with it?
-- row_count, rows_before (the time before) and quarantined are the source's; songs, what is unknown of them, days_between
-- and weeks_missing are the whole list's. warnings is empty where all is well.
-- beginning.sql
, lists AS (
    SELECT
        counts.list, counts.snapshot_date, songs, unknown_popularity, unknown_year, days_between, weeks_missing,
        lag(songs) OVER (PARTITION BY counts.list ORDER BY counts.snapshot_date) AS songs_before
    FROM (
        SELECT
            list, snapshot_date, count(*) AS songs, count(*) - count(track_pop) AS unknown_popularity,
            sum(CASE WHEN album_dt >= '1000' THEN 0 ELSE 1 END) AS unknown_year
        FROM charts_to_date
        GROUP BY list, snapshot_date
    ) AS counts
    JOIN snapshots ON snapshots.list = counts.list AND snapshots.snapshot_date = counts.snapshot_date
),
reads AS (
    SELECT
        sources.list, sources.snapshot_date, source, coalesce(name, source) AS name, coalesce(kind, 'playlist') AS kind,
        status, reason, quarantined, row_count, fingerprint,
        lag(row_count) OVER (PARTITION BY sources.list, source ORDER BY sources.snapshot_date) AS rows_before,
        lag(fingerprint) OVER (PARTITION BY sources.list, source ORDER BY sources.snapshot_date) AS fingerprint_before,
        day - min(day) OVER (PARTITION BY sources.list, source, fingerprint) AS days_unchanged
    FROM (SELECT *, CASE WHEN status = 'read' THEN rows END AS row_count FROM sources_to_date) AS sources
    LEFT JOIN snapshots ON snapshots.list = sources.list AND snapshots.snapshot_date = sources.snapshot_date
)
SELECT
    reads.list, reads.snapshot_date, name, row_count, rows_before, songs, unknown_popularity,
    round(1e2 * unknown_popularity / songs, 1) AS unknown_popularity_pct,
    unknown_year, quarantined, days_between, weeks_missing,
    nullif(substr(
        CASE WHEN status <> 'read' THEN '; not read' ELSE '' END
        || CASE WHEN reason IS NOT NULL THEN '; ' || reason ELSE '' END
        || CASE WHEN row_count * 2 <= rows_before THEN '; lost at least half of its rows' ELSE '' END
        || CASE WHEN songs * 2 <= songs_before THEN '; the list lost at least half of its songs' ELSE '' END
        || CASE
            WHEN fingerprint = fingerprint_before AND kind = 'playlist' AND days_unchanged > 5 THEN '; unchanged since the snapshot before'
            ELSE ''
        END
        || CASE
            WHEN unknown_popularity = songs THEN '; no popularity is known'
            WHEN unknown_popularity * 10 >= songs THEN '; a tenth of the list or more has no popularity'
            ELSE ''
        END
        || CASE WHEN quarantined > 0 THEN '; ' || CAST(quarantined AS varchar) || ' in quarantine' ELSE '' END,
        3), '') AS warnings,
    source
FROM reads
LEFT JOIN lists ON lists.list = reads.list AND lists.snapshot_date = reads.snapshot_date
ORDER BY reads.snapshot_date DESC, reads.list DESC, name, source
