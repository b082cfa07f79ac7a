export { Button, buttonClass, IconButton, Spinner } from "@/ui/button";
export { Confirm, Dialog } from "@/ui/dialog";
export { Checkbox, Field, Select, TextArea, TextInput } from "@/ui/field";
export { Menu, type MenuItem } from "@/ui/menu";
export { Card, Page, Section, useTitle } from "@/ui/page";
export { Badge, EmptyState, ErrorState, Skeleton, SkeletonList } from "@/ui/states";
