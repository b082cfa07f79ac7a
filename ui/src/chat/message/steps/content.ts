/** Where the content of a file is. */
export const contentOf = (fileId: string): string => `/v1/files/${encodeURIComponent(fileId)}/content`;
