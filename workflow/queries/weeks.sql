-- How many weeks was a song on a list, and how many in a row?
-- Weeks run from Monday to Sunday. One without a snapshot is unknown: it neither counts nor ends a streak.
-- A song is called what it was called when it was last on the list.
-- 'latest' can be a day instead, such as '2026-11-22': then the last snapshot up to it.
WITH
dates AS (
    SELECT 'top played' AS list, snapshot_date
    FROM (SELECT DISTINCT snapshot_date FROM spotifytopplayed_refined WHERE snapshot_date <= 'latest')
    UNION ALL
    SELECT 'popular' AS list, snapshot_date
    FROM (SELECT DISTINCT snapshot_date FROM spotifypopularsongs_refined WHERE snapshot_date <= 'latest')
),
-- Julian day numbers (the formula holds from 1901 to 2099): a day that seven divides is a Monday.
days AS (
    SELECT
        list, snapshot_date,
        367 * y - 7 * (y + (m + 9) / 12) / 4 + 275 * m / 9 + d + 1721014 AS day
    FROM (
        SELECT
            list, snapshot_date,
            CAST(substr(snapshot_date, 1, 4) AS integer) AS y,
            CAST(substr(snapshot_date, 6, 2) AS integer) AS m,
            CAST(substr(snapshot_date, 9, 2) AS integer) AS d
        FROM dates
    )
),
-- n counts the weeks that have a snapshot, ago counts them back from the newest, k counts the snapshots.
snapshots AS (
    SELECT
        list, snapshot_date, day / 7 AS week,
        dense_rank() OVER (PARTITION BY list ORDER BY day / 7) AS n,
        dense_rank() OVER (PARTITION BY list ORDER BY day / 7 DESC) AS ago,
        row_number() OVER (PARTITION BY list ORDER BY day) AS k,
        lag(snapshot_date) OVER (PARTITION BY list ORDER BY day) AS previous
    FROM days
),
-- One list's snapshots each, which SQLite then finds by their date alone.
played AS (
    SELECT DISTINCT snapshot_date, previous, week, n, ago, k
    FROM snapshots
    WHERE list = 'top played'
),
popular AS (
    SELECT DISTINCT snapshot_date, previous, week, n, ago, k
    FROM snapshots
    WHERE list = 'popular'
),
songs AS (
    SELECT
        'top played' AS list, track_id, min(rank) AS best_rank, min(snapshot_date) AS first_seen,
        count(DISTINCT snapshot_date) AS snapshots
    FROM spotifytopplayed_refined
    WHERE snapshot_date <= 'latest'
    GROUP BY track_id
    UNION ALL
    SELECT
        'popular' AS list, track_id, min(rank) AS best_rank, min(snapshot_date) AS first_seen,
        count(DISTINCT snapshot_date) AS snapshots
    FROM spotifypopularsongs_refined
    WHERE snapshot_date <= 'latest'
    GROUP BY track_id
),
-- From a song's first snapshot f to its last one l, which also tells its name. SQLite finds the last one sooner by its
-- index than by a max over all of the list.
stays AS (
    SELECT
        'top played' AS list, songs.track_id, songs.best_rank, songs.first_seen, listed.snapshot_date AS last_seen,
        max(listed.track) AS track, max(listed.artist) AS artist, f.n AS first_n, l.n AS last_n, l.ago,
        l.week - f.week - (l.n - f.n) AS weeks_unknown, l.k - f.k + 1 - songs.snapshots AS absences
    FROM (
        SELECT
            track_id, best_rank, first_seen, snapshots,
            (
                SELECT max(own.snapshot_date)
                FROM spotifytopplayed_refined AS own
                WHERE own.track_id = songs.track_id AND own.snapshot_date <= 'latest'
            ) AS last_seen
        FROM songs
        WHERE list = 'top played'
    ) AS songs
    CROSS JOIN played AS f
    CROSS JOIN spotifytopplayed_refined AS listed
    CROSS JOIN played AS l
    WHERE f.snapshot_date = songs.first_seen
        AND listed.track_id = songs.track_id AND listed.snapshot_date = songs.last_seen
        AND l.snapshot_date = listed.snapshot_date
    GROUP BY
        songs.track_id, songs.best_rank, songs.first_seen, songs.snapshots, listed.snapshot_date,
        f.n, f.week, f.k, l.n, l.ago, l.week, l.k
    UNION ALL
    SELECT
        'popular' AS list, songs.track_id, songs.best_rank, songs.first_seen, listed.snapshot_date AS last_seen,
        max(listed.track) AS track, max(listed.artist) AS artist, f.n AS first_n, l.n AS last_n, l.ago,
        l.week - f.week - (l.n - f.n) AS weeks_unknown, l.k - f.k + 1 - songs.snapshots AS absences
    FROM (
        SELECT
            track_id, best_rank, first_seen, snapshots,
            (
                SELECT max(own.snapshot_date)
                FROM spotifypopularsongs_refined AS own
                WHERE own.track_id = songs.track_id AND own.snapshot_date <= 'latest'
            ) AS last_seen
        FROM songs
        WHERE list = 'popular'
    ) AS songs
    CROSS JOIN popular AS f
    CROSS JOIN spotifypopularsongs_refined AS listed
    CROSS JOIN popular AS l
    WHERE f.snapshot_date = songs.first_seen
        AND listed.track_id = songs.track_id AND listed.snapshot_date = songs.last_seen
        AND l.snapshot_date = listed.snapshot_date
    GROUP BY
        songs.track_id, songs.best_rank, songs.first_seen, songs.snapshots, listed.snapshot_date,
        f.n, f.week, f.k, l.n, l.ago, l.week, l.k
),
-- Where a song is and was not in the snapshot before; a song without absences need not be looked at.
entries AS (
    SELECT DISTINCT
        'top played' AS list, listed.track_id, played.n,
        (
            SELECT max(own.snapshot_date)
            FROM spotifytopplayed_refined AS own
            WHERE own.track_id = listed.track_id AND own.snapshot_date < listed.snapshot_date
        ) AS last_before
    FROM spotifytopplayed_refined AS listed
    CROSS JOIN played
    WHERE played.snapshot_date = listed.snapshot_date
        AND listed.track_id IN (SELECT track_id FROM stays WHERE list = 'top played' AND absences > 0)
        AND NOT EXISTS (
            SELECT 1
            FROM spotifytopplayed_refined AS own
            WHERE own.track_id = listed.track_id AND own.snapshot_date = played.previous
        )
    UNION ALL
    SELECT DISTINCT
        'popular' AS list, listed.track_id, popular.n,
        (
            SELECT max(own.snapshot_date)
            FROM spotifypopularsongs_refined AS own
            WHERE own.track_id = listed.track_id AND own.snapshot_date < listed.snapshot_date
        ) AS last_before
    FROM spotifypopularsongs_refined AS listed
    CROSS JOIN popular
    WHERE popular.snapshot_date = listed.snapshot_date
        AND listed.track_id IN (SELECT track_id FROM stays WHERE list = 'popular' AND absences > 0)
        AND NOT EXISTS (
            SELECT 1
            FROM spotifypopularsongs_refined AS own
            WHERE own.track_id = listed.track_id AND own.snapshot_date = popular.previous
        )
),
-- The week in which a streak begins, and the one in which it ends; the last streak of a song has none yet.
streaks AS (
    SELECT
        entries.list, entries.track_id, entries.n AS begins,
        lead(snapshots.n) OVER (PARTITION BY entries.list, entries.track_id ORDER BY entries.n) AS ends
    FROM entries
    LEFT JOIN snapshots ON snapshots.list = entries.list AND snapshots.snapshot_date = entries.last_before
    WHERE entries.last_before IS NULL OR entries.n - snapshots.n > 1
),
ended AS (
    SELECT
        list, track_id, sum(ends - begins + 1) AS weeks, max(ends - begins + 1) AS longest, max(begins) AS last_begins
    FROM streaks
    GROUP BY list, track_id
),
totals AS (
    SELECT
        stays.*, coalesce(ended.weeks, 0) AS weeks_before, coalesce(ended.longest, 0) AS longest_before,
        stays.last_n - coalesce(ended.last_begins, stays.first_n) + 1 AS last_streak
    FROM stays
    LEFT JOIN ended ON ended.list = stays.list AND ended.track_id = stays.track_id
)
SELECT
    list, weeks_before + last_streak AS weeks,
    CASE WHEN longest_before > last_streak THEN longest_before ELSE last_streak END AS longest_streak,
    CASE WHEN ago = 1 THEN last_streak ELSE 0 END AS current_streak,
    weeks_unknown, best_rank, track, artist, first_seen, last_seen, track_id
FROM totals
ORDER BY weeks DESC, list DESC, best_rank, track_id
