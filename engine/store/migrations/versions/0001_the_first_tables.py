"""The first tables."""

from alembic import op
import sqlalchemy as sa
import engine.store.types

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('accounts',
    sa.Column('tenant', sa.String(length=32), nullable=False),
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('full_name', sa.Text(), nullable=False),
    sa.Column('role', sa.String(length=16), nullable=False),
    sa.Column('rpps', sa.String(length=11), nullable=True),
    sa.Column('active', sa.Boolean(), server_default=sa.text('(true)'), nullable=False),
    sa.Column('created_at', engine.store.types.UtcInstant(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('tenant', 'name', name=op.f('pk_accounts'))
    )
    op.create_table('audit',
    sa.Column('tenant', sa.String(length=32), nullable=False),
    sa.Column('number', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', engine.store.types.UtcInstant(timezone=True), nullable=False),
    sa.Column('event', sa.String(length=48), nullable=False),
    sa.Column('actor', sa.String(length=64), nullable=False),
    sa.Column('subject', sa.String(length=64), nullable=False),
    sa.Column('detail', sa.Text(), nullable=False),
    sa.Column('previous', sa.String(length=64), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('tenant', 'number', name=op.f('pk_audit'))
    )
    op.create_index('ix_audit_subject', 'audit', ['tenant', 'subject'], unique=False)
    op.create_table('messages',
    sa.Column('seq', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('tenant', sa.String(length=32), nullable=False),
    sa.Column('channel', sa.String(length=64), nullable=False),
    sa.Column('site', sa.String(length=64), nullable=False),
    sa.Column('format', sa.String(length=32), nullable=True),
    sa.Column('kind', sa.String(length=64), nullable=True),
    sa.Column('control_id', sa.Text(), nullable=True),
    sa.Column('dedupe_key', sa.Text(), nullable=False),
    sa.Column('lane', sa.Text(), nullable=True),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('raw', sa.LargeBinary(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('received_at', engine.store.types.UtcInstant(timezone=True), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('acknowledgement', sa.String(length=16), nullable=False),
    sa.Column('answer', sa.LargeBinary(), nullable=True),
    sa.Column('attempts', sa.Integer(), server_default=sa.text('0'), nullable=False),
    sa.Column('not_before', engine.store.types.UtcInstant(timezone=True), nullable=True),
    sa.Column('lease_token', sa.String(length=64), nullable=True),
    sa.Column('lease_until', engine.store.types.UtcInstant(timezone=True), nullable=True),
    sa.Column('error', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_messages')),
    sa.UniqueConstraint('id', name=op.f('uq_messages_id')),
    sa.UniqueConstraint('tenant', 'channel', 'dedupe_key', name=op.f('uq_messages_tenant_channel_dedupe_key'))
    )
    op.create_index('ix_messages_waiting', 'messages', ['tenant', 'channel', 'lane', 'seq'], unique=False, sqlite_where=sa.text("state = 'received'"), postgresql_where=sa.text("state = 'received'"))
    op.create_table('patients',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('tenant', sa.String(length=32), nullable=False),
    sa.Column('content', sa.Text(), nullable=False),
    sa.Column('updated_at', engine.store.types.UtcInstant(timezone=True), nullable=False),
    sa.Column('merged_into', sa.String(length=64), nullable=True),
    sa.ForeignKeyConstraint(['merged_into'], ['patients.id'], name=op.f('fk_patients_merged_into')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_patients'))
    )
    op.create_table('adherence_results',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('tenant', sa.String(length=32), nullable=False),
    sa.Column('patient_id', sa.String(length=64), nullable=False),
    sa.Column('content', sa.Text(), nullable=False),
    sa.Column('content_sha256', sa.String(length=64), nullable=False),
    sa.Column('source_sha256', sa.String(length=64), nullable=False),
    sa.Column('computed_at', engine.store.types.UtcInstant(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['patient_id'], ['patients.id'], name=op.f('fk_adherence_results_patient_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_adherence_results'))
    )
    op.create_index(op.f('ix_adherence_results_patient_id'), 'adherence_results', ['patient_id'], unique=False)
    op.create_table('consents',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('tenant', sa.String(length=32), nullable=False),
    sa.Column('patient_id', sa.String(length=64), nullable=False),
    sa.Column('receiver', sa.String(length=64), nullable=False),
    sa.Column('signed_on', sa.String(length=10), nullable=False),
    sa.Column('document', sa.Text(), nullable=False),
    sa.Column('recorded_by', sa.String(length=64), nullable=False),
    sa.Column('recorded_at', engine.store.types.UtcInstant(timezone=True), nullable=False),
    sa.Column('withdrawn_at', engine.store.types.UtcInstant(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['patient_id'], ['patients.id'], name=op.f('fk_consents_patient_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consents'))
    )
    op.create_index('ix_consents_patient', 'consents', ['tenant', 'patient_id', 'receiver'], unique=False)
    op.create_table('intakes',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('tenant', sa.String(length=32), nullable=False),
    sa.Column('message_id', sa.String(length=64), nullable=False),
    sa.Column('patient_id', sa.String(length=64), nullable=True),
    sa.Column('identity', sa.Text(), nullable=False),
    sa.Column('taken_at', engine.store.types.UtcInstant(timezone=True), nullable=True),
    sa.Column('received_at', engine.store.types.UtcInstant(timezone=True), nullable=False),
    sa.Column('content', sa.Text(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_intakes_message_id')),
    sa.ForeignKeyConstraint(['patient_id'], ['patients.id'], name=op.f('fk_intakes_patient_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_intakes')),
    sa.UniqueConstraint('tenant', 'identity', name=op.f('uq_intakes_tenant_identity'))
    )
    op.create_index(op.f('ix_intakes_message_id'), 'intakes', ['message_id'], unique=False)
    op.create_index('ix_intakes_patient', 'intakes', ['tenant', 'patient_id', 'taken_at'], unique=False)
    op.create_table('movements',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('tenant', sa.String(length=32), nullable=False),
    sa.Column('message_id', sa.String(length=64), nullable=False),
    sa.Column('patient_id', sa.String(length=64), nullable=True),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('occurred_at', engine.store.types.UtcInstant(timezone=True), nullable=True),
    sa.Column('content', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_movements_message_id')),
    sa.ForeignKeyConstraint(['patient_id'], ['patients.id'], name=op.f('fk_movements_patient_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_movements'))
    )
    op.create_index(op.f('ix_movements_message_id'), 'movements', ['message_id'], unique=False)
    op.create_index(op.f('ix_movements_patient_id'), 'movements', ['patient_id'], unique=False)
    op.create_table('patient_identifiers',
    sa.Column('tenant', sa.String(length=32), nullable=False),
    sa.Column('kind', sa.String(length=24), nullable=False),
    sa.Column('authority', sa.Text(), nullable=False),
    sa.Column('value', sa.Text(), nullable=False),
    sa.Column('patient_id', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['patient_id'], ['patients.id'], name=op.f('fk_patient_identifiers_patient_id')),
    sa.PrimaryKeyConstraint('tenant', 'authority', 'value', name=op.f('pk_patient_identifiers'))
    )
    op.create_index(op.f('ix_patient_identifiers_patient_id'), 'patient_identifiers', ['patient_id'], unique=False)
    op.create_table('prescriptions',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('tenant', sa.String(length=32), nullable=False),
    sa.Column('message_id', sa.String(length=64), nullable=False),
    sa.Column('patient_id', sa.String(length=64), nullable=True),
    sa.Column('group_key', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('content', sa.Text(), nullable=False),
    sa.Column('content_sha256', sa.String(length=64), nullable=False),
    sa.Column('source_sha256', sa.String(length=64), nullable=False),
    sa.Column('stored_at', engine.store.types.UtcInstant(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_prescriptions_message_id')),
    sa.ForeignKeyConstraint(['patient_id'], ['patients.id'], name=op.f('fk_prescriptions_patient_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_prescriptions')),
    sa.UniqueConstraint('tenant', 'group_key', 'version', name=op.f('uq_prescriptions_tenant_group_key_version'))
    )
    op.create_index(op.f('ix_prescriptions_message_id'), 'prescriptions', ['message_id'], unique=False)
    op.create_index('ix_prescriptions_patient', 'prescriptions', ['tenant', 'patient_id'], unique=False)
    op.create_table('queue_items',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('tenant', sa.String(length=32), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('subject_id', sa.String(length=64), nullable=False),
    sa.Column('patient_id', sa.String(length=64), nullable=True),
    sa.Column('content_sha256', sa.String(length=64), nullable=False),
    sa.Column('source_sha256', sa.String(length=64), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('blocking', sa.Integer(), nullable=False),
    sa.Column('opened_at', engine.store.types.UtcInstant(timezone=True), nullable=False),
    sa.Column('review_on', engine.store.types.UtcInstant(timezone=True), nullable=True),
    sa.Column('row_version', sa.Integer(), server_default=sa.text('1'), nullable=False),
    sa.ForeignKeyConstraint(['patient_id'], ['patients.id'], name=op.f('fk_queue_items_patient_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_queue_items')),
    sa.UniqueConstraint('tenant', 'kind', 'subject_id', name=op.f('uq_queue_items_tenant_kind_subject_id'))
    )
    op.create_index('ix_queue_items_open', 'queue_items', ['tenant', 'kind', 'state', 'opened_at', 'id'], unique=False)
    op.create_table('decisions',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('tenant', sa.String(length=32), nullable=False),
    sa.Column('item_id', sa.String(length=64), nullable=False),
    sa.Column('subject_kind', sa.String(length=16), nullable=False),
    sa.Column('subject_id', sa.String(length=64), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('decided_by', sa.String(length=64), nullable=False),
    sa.Column('decided_at', engine.store.types.UtcInstant(timezone=True), nullable=False),
    sa.Column('content_sha256', sa.String(length=64), nullable=False),
    sa.Column('source_sha256', sa.String(length=64), nullable=False),
    sa.Column('content', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['item_id'], ['queue_items.id'], name=op.f('fk_decisions_item_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_decisions'))
    )
    op.create_index(op.f('ix_decisions_item_id'), 'decisions', ['item_id'], unique=False)
    op.create_table('findings',
    sa.Column('number', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('tenant', sa.String(length=32), nullable=False),
    sa.Column('message_id', sa.String(length=64), nullable=False),
    sa.Column('prescription_id', sa.String(length=64), nullable=True),
    sa.Column('line_no', sa.Integer(), nullable=True),
    sa.Column('code', sa.String(length=48), nullable=False),
    sa.Column('severity', sa.String(length=16), nullable=False),
    sa.Column('location', sa.Text(), nullable=False),
    sa.Column('message', sa.Text(), nullable=False),
    sa.Column('quoted', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_findings_message_id')),
    sa.ForeignKeyConstraint(['prescription_id'], ['prescriptions.id'], name=op.f('fk_findings_prescription_id')),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_findings'))
    )
    op.create_index(op.f('ix_findings_message_id'), 'findings', ['message_id'], unique=False)
    op.create_index(op.f('ix_findings_prescription_id'), 'findings', ['prescription_id'], unique=False)
    op.create_table('grants',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('tenant', sa.String(length=32), nullable=False),
    sa.Column('consent_id', sa.String(length=64), nullable=False),
    sa.Column('patient_id', sa.String(length=64), nullable=False),
    sa.Column('receiver', sa.String(length=64), nullable=False),
    sa.Column('granted_by', sa.String(length=64), nullable=False),
    sa.Column('granted_at', engine.store.types.UtcInstant(timezone=True), nullable=False),
    sa.Column('revoked_at', engine.store.types.UtcInstant(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['consent_id'], ['consents.id'], name=op.f('fk_grants_consent_id')),
    sa.ForeignKeyConstraint(['patient_id'], ['patients.id'], name=op.f('fk_grants_patient_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_grants'))
    )
    op.create_index(op.f('ix_grants_consent_id'), 'grants', ['consent_id'], unique=False)
    op.create_index('ix_grants_patient', 'grants', ['tenant', 'patient_id', 'receiver'], unique=False)
    op.create_table('schedules',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('tenant', sa.String(length=32), nullable=False),
    sa.Column('prescription_id', sa.String(length=64), nullable=False),
    sa.Column('line_no', sa.Integer(), nullable=False),
    sa.Column('line_key', sa.Text(), nullable=False),
    sa.Column('computable', sa.Boolean(), nullable=False),
    sa.Column('content', sa.Text(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['prescription_id'], ['prescriptions.id'], name=op.f('fk_schedules_prescription_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_schedules')),
    sa.UniqueConstraint('prescription_id', 'line_no', name=op.f('uq_schedules_prescription_id_line_no'))
    )
    op.create_index('ix_schedules_line', 'schedules', ['tenant', 'line_key'], unique=False)
    op.create_table('releases',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('tenant', sa.String(length=32), nullable=False),
    sa.Column('subject_kind', sa.String(length=16), nullable=False),
    sa.Column('subject_id', sa.String(length=64), nullable=False),
    sa.Column('patient_id', sa.String(length=64), nullable=False),
    sa.Column('decision_id', sa.String(length=64), nullable=False),
    sa.Column('content_sha256', sa.String(length=64), nullable=False),
    sa.Column('source_sha256', sa.String(length=64), nullable=False),
    sa.Column('released_at', engine.store.types.UtcInstant(timezone=True), nullable=False),
    sa.CheckConstraint("subject_kind IN ('prescription', 'adherence')", name=op.f('ck_releases_subject_kind')),
    sa.ForeignKeyConstraint(['decision_id'], ['decisions.id'], name=op.f('fk_releases_decision_id')),
    sa.ForeignKeyConstraint(['patient_id'], ['patients.id'], name=op.f('fk_releases_patient_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_releases')),
    sa.UniqueConstraint('decision_id', name=op.f('uq_releases_decision_id'))
    )
    op.create_index(op.f('ix_releases_patient_id'), 'releases', ['patient_id'], unique=False)
    op.create_table('deliveries',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('tenant', sa.String(length=32), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('format', sa.String(length=32), nullable=False),
    sa.Column('receiver', sa.String(length=64), nullable=False),
    sa.Column('patient_id', sa.String(length=64), nullable=False),
    sa.Column('decision_id', sa.String(length=64), nullable=False),
    sa.Column('release_id', sa.String(length=64), nullable=True),
    sa.Column('grant_id', sa.String(length=64), nullable=False),
    sa.Column('initiated_by', sa.String(length=64), nullable=False),
    sa.Column('file_name', sa.Text(), nullable=False),
    sa.Column('payload', sa.LargeBinary(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('created_at', engine.store.types.UtcInstant(timezone=True), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('attempts', sa.Integer(), server_default=sa.text('0'), nullable=False),
    sa.Column('delivered_at', engine.store.types.UtcInstant(timezone=True), nullable=True),
    sa.CheckConstraint("kind = 'analysis' OR release_id IS NOT NULL", name=op.f('ck_deliveries_needs_release')),
    sa.ForeignKeyConstraint(['decision_id'], ['decisions.id'], name=op.f('fk_deliveries_decision_id')),
    sa.ForeignKeyConstraint(['grant_id'], ['grants.id'], name=op.f('fk_deliveries_grant_id')),
    sa.ForeignKeyConstraint(['patient_id'], ['patients.id'], name=op.f('fk_deliveries_patient_id')),
    sa.ForeignKeyConstraint(['release_id'], ['releases.id'], name=op.f('fk_deliveries_release_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_deliveries'))
    )
    op.create_index(op.f('ix_deliveries_decision_id'), 'deliveries', ['decision_id'], unique=False)
    op.create_index(op.f('ix_deliveries_release_id'), 'deliveries', ['release_id'], unique=False)
    op.create_table('superseded_releases',
    sa.Column('release_id', sa.String(length=64), nullable=False),
    sa.Column('tenant', sa.String(length=32), nullable=False),
    sa.Column('by_release_id', sa.String(length=64), nullable=False),
    sa.Column('superseded_at', engine.store.types.UtcInstant(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_release_id'], ['releases.id'], name=op.f('fk_superseded_releases_by_release_id')),
    sa.ForeignKeyConstraint(['release_id'], ['releases.id'], name=op.f('fk_superseded_releases_release_id')),
    sa.PrimaryKeyConstraint('release_id', name=op.f('pk_superseded_releases'))
    )
