"""The pages and their addresses."""

from django.urls import URLPattern, path

from khachquen.web.pages import customers, dashboard, events, metrics, reading

urlpatterns: list[URLPattern] = [
    path("language", reading.choose_language, name="language"),
    path("theme", reading.choose_theme, name="theme"),
    path("", dashboard.show_home, name="home"),
    path("customers", customers.list_customers, name="customers"),
    path("customers/export", customers.export_list, name="customers_export"),
    path("customers/<int:profile_id>", customers.show_customer, name="customer"),
    path("orders/<int:source_id>", customers.show_order, name="order"),
    path("events", events.list_events, name="events"),
    path("events/message", events.show_message, name="message"),
    path("events/<int:event_id>", events.show_event, name="event"),
    path("metrics", metrics.list_metrics, name="metrics"),
    path("metrics/<slug:key>", metrics.show_metric, name="metric"),
    path("metrics/<slug:key>/rows", metrics.show_metric_rows, name="metric_rows"),
]
