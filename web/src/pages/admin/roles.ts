/** What users may be, from the one who reads to the one who says who belongs. */
export const ROLES = ['reader', 'contributor', 'desk-officer', 'programme-manager', 'reviewer', 'administrator', 'auditor', 'guest'] as const
