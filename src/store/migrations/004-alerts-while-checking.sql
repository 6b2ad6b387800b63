-- News came while the checks were being read: they are due again as soon as that round is over.
alter table watches add column due_again boolean not null default false;
