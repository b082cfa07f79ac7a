// The library that draws comes with the first chart that is shown.
export { BarChart, ChartTable } from "@/ui/chart-bar";
export { type ChartData, type ChartSeries, dayAt, daysBetween, utcDay } from "@/ui/chart-data";
export { UsageChart, type UsageGroup, type UsageMeasure } from "@/ui/chart-usage";
