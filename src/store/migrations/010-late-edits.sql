-- A call to Slack was not answered, and it was an edit: carried out late, it would put an older state over a newer one.
alter table messages add column late_edit boolean not null default false;
